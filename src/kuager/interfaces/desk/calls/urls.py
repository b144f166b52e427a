"""URLs of the quick entry of calls."""

from django.urls import path

from kuager.interfaces.desk.calls import views

urlpatterns = [
    path("", views.search, name="desk-call"),
    path("new/", views.new_person, name="desk-call-new"),
    path("save/", views.save_new_person, name="desk-call-save"),
    path("<slug:code>/", views.known_person, name="desk-call-known"),
]
