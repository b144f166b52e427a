"""URLs of the desk's home page."""

from django.urls import path

from kuager.interfaces.desk.home import views

urlpatterns = [path("", views.home, name="desk-home")]
