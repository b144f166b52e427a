"""What every page's frame needs to know."""

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, object]:
    """Whether this is the demonstration, and which languages there are."""
    return {"is_demo": settings.IS_DEMO, "languages": settings.LANGUAGES}
