"""Django app of the reports room."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Register the reports room with Django."""

    name = "kuager.domain.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"
