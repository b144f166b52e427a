"""The pictures on which people draw: a frame or a page as it is, and the same with its covers."""

from typing import BinaryIO, cast

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kuager.core.errors import BadInputError
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence import queries
from kuager.engines.media.redacting import Kind, Recipe
from kuager.engines.media.redacting.showing import draw
from kuager.interfaces.desk.access import acting_user, needs, now
from kuager.interfaces.desk.evidence_redaction.drawing import moment_of
from kuager.interfaces.desk.evidence_redaction.kinds import redactable_kind
from kuager.interfaces.desk.evidence_viewer.shown import Way, check_shown
from kuager.interfaces.shell.vaults import open_vault

POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


@require_safe
@needs(Capability.KEEP_EVIDENCE)
def frame(request: HttpRequest, number: int) -> HttpResponse:
    """Show a frame or a page as it is; the item must have been asked for first."""
    return _picture(request, number, None)


@require_safe
@needs(Capability.KEEP_EVIDENCE)
def covered(request: HttpRequest, number: int, order_id: int) -> HttpResponse:
    """Show a frame or a page with the covers of a drawing."""
    return _picture(request, number, order_id)


def _picture(request: HttpRequest, number: int, order_id: int | None) -> HttpResponse:
    user = acting_user(request)
    item = queries.get_item(number, user=user)
    check_shown(request, number, Way.PICTURES, now())
    vault = open_vault(request)
    kind = redactable_kind(item.media_type)
    recipe: Recipe | None = None
    if order_id is not None:
        order = queries.get_order(order_id, item=item, user=user)
        recipe = queries.recipe_of(vault, order).recipe
    if kind is None or kind is Kind.SOUND:
        raise BadInputError("this item has no picture")
    at_ms, page = moment_of(request.GET.get("ms", "")), max(1, moment_of(request.GET.get("page", "1")))
    with queries.open_item(vault, item) as source:
        drawn = draw(cast(BinaryIO, source), kind, at_ms=at_ms, page=page, recipe=recipe)
    response = HttpResponse(drawn.jpeg, content_type="image/jpeg")
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
