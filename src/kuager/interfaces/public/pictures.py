"""Charts and maps as images of their own, with a policy that lets them do nothing but be seen."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kuager.domain.publication import queries
from kuager.interfaces.public.answering import snapshot_page

POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_safe
@snapshot_page
def picture(request: HttpRequest, shown: queries.ShownSnapshot, key: str) -> HttpResponse:
    """One picture in the language of the address. It never changes, so browsers may keep it for a year."""
    snapshot = shown.present
    drawn = queries.get_picture(snapshot, key)
    response = HttpResponse(drawn.svg, content_type="image/svg+xml")
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
