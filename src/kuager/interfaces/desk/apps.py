"""Django app of the desk interface."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Register the desk interface with Django."""

    name = "kuager.interfaces.desk"
    label = "desk_interface"
