"""Rival lists beside each other: why their numbers differ, who is behind each number, and the paper of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from kuager.core.csv_cells import write_csv
from kuager.core.digest import canonical_json
from kuager.core.errors import BadInputError
from kuager.domain.accounts.rules import may
from kuager.domain.accounts.terms import Capability
from kuager.domain.lists import operations, queries
from kuager.domain.lists.rules.reconciling import FEWEST_LISTS, may_take_names
from kuager.engines.linkage.rival_lists.bridges import Bridge
from kuager.engines.linkage.rival_lists.reconciling import MOST_LISTS
from kuager.interfaces.desk.access import acting_user, needs, now, today
from kuager.interfaces.desk.form_fields import DayField, MomentField, PlainForm, chosen_day, chosen_moment
from kuager.interfaces.desk.lists.paging import asked_window
from kuager.interfaces.desk.lists.reconciled_rows import CSV_HEADER, RowsOf
from kuager.interfaces.shell.reconciliation import words
from kuager.interfaces.shell.reconciliation.paper import reconciliation_paper, shown_bridges
from kuager.interfaces.shell.reconciliation.register import facts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kuager.interfaces.shell.reconciliation.facts import Facts

ROWS_A_PAGE = 50
FORMS = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
}


class ReconcileForm(PlainForm):
    """Two to six lists, of which day, as known when."""

    lists = forms.TypedMultipleChoiceField(
        label=_("Lists"), coerce=int, widget=forms.CheckboxSelectMultiple, help_text=_("Two to six.")
    )
    as_of = DayField(label=_("As of"), required=False)
    known_at = MomentField(label=_("As known at"), help_text=_("Empty: as known now."))

    def __init__(self, data: "Mapping[str, object] | None", *, lists: Sequence[tuple[int, str]]) -> None:
        super().__init__(data, initial={"as_of": today()})
        field = self.fields["lists"]
        if isinstance(field, forms.ChoiceField):
            field.choices = lists

    def clean_lists(self) -> list[int]:
        """Refuse fewer than two lists, or more than six."""
        chosen: list[int] = self.cleaned_data["lists"]
        if not FEWEST_LISTS <= len(chosen) <= MOST_LISTS:
            raise ValidationError(_("Choose two to six lists."))
        return chosen


class TakeForm(ReconcileForm):
    """The same question, and in which form its answer is taken away."""

    form = forms.ChoiceField(choices=[(name, name) for name in FORMS])
    with_names = forms.BooleanField(required=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number in words, and how the rows behind it are asked for; "" where there are none to show."""

    text: str
    show: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a table: its words, its numbers, and its share of the longest bar in per cent."""

    label: str
    figures: Sequence[Figure]
    edition: int | None = None
    is_sum: bool = False
    share: int = 0


@require_safe
@needs(Capability.READ_REGISTER)
def reconcile_lists(request: HttpRequest) -> HttpResponse:
    """Choose lists and see why their numbers differ; each number leads to the rows behind it."""
    form = ReconcileForm(request.GET or None, lists=_choices())
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        found = _found(form)
        user = acting_user(request)
        facts = facts_of(found, with_names=True, is_narrow=False)
        context |= _shown(found, facts) | {
            "may_take_names": may_take_names(user),
            "may_judge": may(user, Capability.JUDGE),
            "chosen_lists": [one.pk for one in found.lists],
        }
        if request.GET.get("show"):
            behind = RowsOf(found, facts).behind(request.GET["show"])
            window = asked_window(request, ROWS_A_PAGE)
            rows = behind.rows[window.offset : window.offset + window.size]
            context |= {"behind": behind, "rows": rows, "page": window.page(len(behind.rows))}
    return render(request, "desk/lists/reconciliation.html", context)


@require_POST
@needs(Capability.READ_REGISTER)
def take_reconciliation(request: HttpRequest) -> HttpResponse:
    """Hand out the paper or the table; who took it is kept in the audit record."""
    form = TakeForm(request.POST, lists=_choices())
    if not form.is_valid():
        raise BadInputError("the question cannot be read; ask it again on the page of the reconciliation")
    found, kind = _found(form), str(form.cleaned_data["form"])
    facts = facts_of(found, with_names=bool(form.cleaned_data["with_names"]))
    operations.export_reconciliation(
        lists=found.lists,
        as_of=found.as_of,
        known_at=found.known_at,
        form=kind,
        with_names=facts.with_names,
        digest=facts.digest,
        by=acting_user(request),
        at=now(),
    )
    response = HttpResponse(_content(kind, found, facts), content_type=FORMS[kind])
    response["Content-Disposition"] = f'attachment; filename="reconciliation-{found.as_of}.{kind}"'
    return response


def _choices() -> list[tuple[int, str]]:
    return [(item.casualty_list.pk, item.casualty_list.title) for item in queries.list_lists() if item.latest]


def _found(form: ReconcileForm) -> queries.RegisterReconciliation:
    return queries.reconciliation(
        [queries.get_list(number) for number in form.cleaned_data["lists"]],
        as_of=chosen_day(form, "as_of", today()),
        known_at=chosen_moment(form, "known_at") or now(),
    )


def _content(kind: str, found: queries.RegisterReconciliation, facts: "Facts") -> bytes:
    if kind == "pdf":
        return reconciliation_paper(facts).pdf
    if kind == "json":
        return canonical_json(facts.document())
    return write_csv(CSV_HEADER, RowsOf(found, facts).table()).encode()


def _shown(found: queries.RegisterReconciliation, facts: "Facts") -> dict[str, object]:
    rows = RowsOf(found, facts)
    account = found.account
    return {
        "found": found,
        "facts": facts,
        "dates": words.date_words(facts),
        "numbers": list(_numbers(found, rows)),
        "ways": [_way(way, facts, rows) for way in shown_bridges(facts)],
        "overlap": list(_overlap(facts, rows)),
        "clashes": Figure(text=str(len(account.clashes)), show="clashes"),
        "doubt": Figure(text=str(len(account.open_pairs)), show="doubt"),
        "method": list(words.method_words(facts)),
        "limits": words.limits_words(),
    }


def _numbers(found: queries.RegisterReconciliation, rows: RowsOf) -> Iterator[Line]:
    for listed, edition in zip(found.account.lists, found.editions, strict=True):
        size, name = listed.size, listed.name
        given = words.DASH if size.claimed is None else str(size.claimed)
        yield Line(
            label=name,
            edition=edition.pk,
            figures=(
                Figure(text=edition.as_of.isoformat()),
                Figure(text=given),
                Figure(text=str(size.rows), show=rows.show("all", name)),
                Figure(text=str(size.named)),
                Figure(text=str(size.unnamed), show=rows.show("unnamed", name)),
                Figure(text=str(len(listed.repeats)), show=rows.show("repeats", name)),
                Figure(text=words.with_interval(str(listed.persons), listed.interval, listed.persons)),
            ),
        )


def _way(way: Bridge, facts: "Facts", rows: RowsOf) -> dict[str, object]:
    both = words.with_interval(str(way.both), way.both_interval, way.both)
    lines = [_line(way.start, str(way.from_number))]
    lines += _steps(way, rows, down=True)
    lines.append(_line(gettext("= on both"), both, rows.show("both", way.start, way.end)))
    lines += _steps(way, rows, down=False)
    lines.append(_line(f"= {way.end}", str(way.to_number)))
    return {"title": f"{way.start} → {way.end}", "sentence": words.bridge_words(way, facts), "lines": lines}


def _line(label: str, text: str, show: str = "") -> Line:
    return Line(label=label, figures=(Figure(text=text, show=show),), is_sum=True)


def _steps(way: Bridge, rows: RowsOf, *, down: bool) -> Iterator[Line]:
    other = way.end if down else way.start
    for step in way.down if down else way.up:
        shows = {
            "repeats": ("repeats", step.list_name),
            "unnamed": ("unnamed", step.list_name),
            "only": ("without", step.list_name, other),
        }
        if not step.change and step.interval in (None, (0, 0)):
            continue
        part = shows.get(step.code)
        text = words.with_interval(words.signed(step.change), step.interval, step.change)
        figure = Figure(text=text, show=rows.show(*part) if part and step.change else "")
        yield Line(label=words.step_title(step.code, down=down), figures=(figure,))


def _overlap(facts: "Facts", rows: RowsOf) -> Iterator[Line]:
    found = facts.account.combinations
    most = max((len(one.people) for one in found), default=0) or 1
    for one in found:
        count = len(one.people)
        text = words.with_interval(str(count), one.interval, count)
        figure = Figure(text=text, show=rows.show("on", *one.lists))
        yield Line(label=" + ".join(one.lists), figures=(figure,), share=round(100 * count / most))
