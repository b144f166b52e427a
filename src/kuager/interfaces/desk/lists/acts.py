"""Acts on an edition that change the register or cannot be passed over: each asks again on its own page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kuager.core.errors import BadInputError, InvalidTransitionError
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.lists import operations, queries
from kuager.interfaces.desk.access import acting_user, now
from kuager.interfaces.desk.lists.dry_runs import dry_run_of_edition
from kuager.interfaces.desk.lists.forms import ReasonForm
from kuager.interfaces.shell import background

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from kuager.domain.accounts.models import User
    from kuager.domain.lists.models import ListEdition


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act: its title and button, the right it asks for, and what it does."""

    name: str
    title: "str | Promise"
    button: "str | Promise"
    needs: Capability
    do: Callable[["ListEdition", "User", str], str]
    is_destructive: bool = False
    takes_reason: bool = False


def _apply(edition: "ListEdition", by: "User", reason: str) -> str:
    counts = operations.apply_edition(edition=edition, by=by, at=now())
    background.start("index")
    sentence = gettext("Applied: %(added)d added, %(changed)d changed, %(removed)d removed.")
    return sentence % {"added": counts.added, "changed": counts.changed, "removed": counts.removed}


def _approve(edition: "ListEdition", by: "User", reason: str) -> str:
    count = operations.approve_edition(edition=edition, by=by, at=now())
    return gettext("Approved: %(count)d assertions count from now on.") % {"count": count}


def _undo(edition: "ListEdition", by: "User", reason: str) -> str:
    operations.undo_edition(edition=edition, reason=reason, by=by, at=now())
    background.start("index")
    return gettext("Undone. The register is as if this edition had not been applied; its rows are kept.")


def _discard(edition: "ListEdition", by: "User", reason: str) -> str:
    operations.discard_edition(edition=edition, reason=reason, by=by, at=now())
    return gettext("Discarded. The register never saw it; the file may be imported again.")


ACTS = {
    act.name: act
    for act in (
        Act(
            name="apply",
            title=_("Apply this edition to the register?"),
            button=_("Apply"),
            needs=Capability.IMPORT_LISTS,
            do=_apply,
        ),
        Act(
            name="approve",
            title=_("Approve this edition as the second person?"),
            button=_("Approve"),
            needs=Capability.APPROVE,
            do=_approve,
        ),
        Act(
            name="undo",
            title=_("Undo this edition?"),
            button=_("Undo the edition"),
            needs=Capability.IMPORT_LISTS,
            do=_undo,
            is_destructive=True,
            takes_reason=True,
        ),
        Act(
            name="discard",
            title=_("Discard this edition?"),
            button=_("Discard"),
            needs=Capability.IMPORT_LISTS,
            do=_discard,
            is_destructive=True,
            takes_reason=True,
        ),
    )
}


@require_http_methods(["GET", "POST"])
def act_on_edition(request: HttpRequest, edition_id: int, name: str) -> HttpResponse:
    """Say what will happen; do it when the reader says yes."""
    if name not in ACTS:
        raise Http404
    act = ACTS[name]
    check_may(acting_user(request), act.needs)
    edition = queries.get_edition(edition_id)
    form = ReasonForm(request.POST or None) if act.takes_reason else None
    problem = ""
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            reason = form.cleaned_data["reason"] if form else ""
            messages.success(request, act.do(edition, acting_user(request), reason))
            return redirect("desk-edition", edition.pk)
        except InvalidTransitionError:
            # A second tap, or somebody else was faster: what the edition has become is the answer.
            messages.info(
                request, gettext("The edition has moved on in the meantime; this is what it is now.")
            )
            return redirect("desk-edition", edition.pk)
        except BadInputError as error:
            problem = str(error)
    context = {
        "act": act,
        "edition": edition,
        "form": form,
        "problem": problem,
        "sentences": consequences(act.name, edition),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "desk/lists/act.html", context, status=status)


def consequences(name: str, edition: "ListEdition") -> list[str]:
    """Say in sentences what an act will do to the register."""
    if name == "approve":
        return [
            gettext(
                "Everything in this edition that says dead or released, and still waits, counts from now on."
            ),
            gettext("You vouch for it as the second person; your name stands beside it."),
        ]
    if name == "undo":
        return [
            gettext(
                "The records of this edition leave the register, and those of the edition before come back."
            ),
            gettext("The rows, the file and this act stay on record for ever."),
            gettext("Questions about past days, as known then, keep their answers."),
        ]
    if name == "discard":
        return [gettext("The staged rows will not be applied. The register is not touched.")]
    return _what_applying_does(edition)


def _what_applying_does(edition: "ListEdition") -> list[str]:
    result = dry_run_of_edition(edition)
    counts = result.counts
    sentences = [
        ngettext(
            "%(added)d person is added to the register.",
            "%(added)d persons are added to the register.",
            counts.added,
        )
        % {"added": counts.added},
        gettext("All in one step: either everything is applied, or nothing."),
        gettext("Dead and released wait for a second person, who must not be you."),
        gettext("The edition can be undone as a whole."),
        gettext("A list of ten thousand rows takes about a minute. Leave the page open until it answers."),
    ]
    if result.compared_with is not None:
        words = {"changed": counts.changed, "removed": counts.removed, "unchanged": counts.unchanged}
        text = gettext("%(changed)d are changed, %(removed)d are removed, %(unchanged)d stay as they are.")
        sentences.insert(1, text % words)
    return sentences
