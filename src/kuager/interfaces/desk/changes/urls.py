"""URLs of the changes."""

from django.urls import path

from kuager.interfaces.desk.changes import views

urlpatterns = [path("", views.change_page, name="desk-changes")]
