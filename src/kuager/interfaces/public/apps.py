"""Django app of the public interface."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """Register the public interface with Django."""

    name = "kuager.interfaces.public"
    label = "public_interface"
