"""URLs of this section of the desk."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
