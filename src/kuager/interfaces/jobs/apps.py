"""Django app of the jobs interface."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Register the jobs interface with Django."""

    name = "kuager.interfaces.jobs"
    label = "jobs_interface"
