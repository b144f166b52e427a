"""The desk's first page: where the register stands, what waits, what changed, what was published."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kuager.domain.accounts.rules import may
from kuager.domain.accounts.terms import Capability
from kuager.domain.publication.queries import list_snapshots
from kuager.domain.register import queries
from kuager.interfaces.desk.access import acting_user, now, today
from kuager.interfaces.desk.changes.lines import lines_of_acts
from kuager.interfaces.desk.home.queues import queues_of
from kuager.interfaces.desk.home.tour import tour_stops
from kuager.interfaces.desk.status_choices import status_word, tone

RECENT_DAYS = 7
BEGINNING = datetime(1, 1, 2, tzinfo=UTC)
SHOWN = 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show where the register stands and what waits for the signed-in user."""
    user = acting_user(request)
    context: dict[str, object] = {"as_of": today()}
    if may(user, Capability.READ_REGISTER):
        moment = now()
        week_ago = moment - timedelta(days=RECENT_DAYS)
        count = queries.count(as_of=today())
        context |= {
            "total": count.total,
            "headline": [
                {"status": row.values[0], "word": status_word(row.values[0]), "count": row.count}
                | {"tone": tone(row.values[0])}
                for row in count.rows
            ],
            "waiting_total": sum(count.pending.values()),
            "queues": queues_of(user),
            "week_ago": week_ago,
            **_recent_changes(week_ago, moment),
            "snapshots": list_snapshots()[:SHOWN],
            "tour": tour_stops(user) if settings.IS_DEMO else [],
        }
    return render(request, "desk/home/home.html", context)


def _recent_changes(week_ago: datetime, moment: datetime) -> dict[str, object]:
    """Return the changes of the last days; where there are none, the latest there were."""
    recent = queries.changes(known_from=week_ago, known_to=moment, limit=SHOWN)
    if recent:
        return {"changes": lines_of_acts(recent)}
    return {
        "older_changes": lines_of_acts(queries.changes(known_from=BEGINNING, known_to=moment, limit=SHOWN))
    }
