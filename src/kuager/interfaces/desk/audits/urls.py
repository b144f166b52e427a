"""URLs of the audit pages."""

from django.urls import path

from kuager.interfaces.desk.audits import views

urlpatterns = [
    path("", views.event_list, name="desk-audit"),
    path("verify/", views.verify, name="desk-audit-verify"),
]
