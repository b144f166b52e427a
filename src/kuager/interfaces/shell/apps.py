"""Django app of the shell interface."""

from django.apps import AppConfig


class ShellConfig(AppConfig):
    """Register the shell interface with Django."""

    name = "kuager.interfaces.shell"
    label = "shell_interface"
