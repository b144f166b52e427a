"""The paper to put on the table between two organisations: one page, or a summary and a page of names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language, gettext

from kuager.engines.documents import (
    Break,
    Column,
    Document,
    Heading,
    Items,
    Paragraph,
    Printed,
    Row,
    Table,
    TextKind,
    print_document,
    print_fitting,
)
from kuager.engines.documents.pieces import Piece
from kuager.engines.linkage.rival_lists.bridges import Bridge, Step
from kuager.interfaces.shell.reconciliation import words
from kuager.interfaces.shell.reconciliation.facts import Facts, Side

# A file must bear a day; this one says that none was given.
NO_DAY = date(1970, 1, 1)
# Three lists give three bridges; of more, those from the first list are shown.
ALL_BRIDGES_TO = 3
# More names than these fill a page in the smallest letters.
MOST_NAMES = 450
SCALES = (1.0, 0.9, 0.8)
CUTS = (300, 240, 190, 150, 120, 90, 70, 55, 45, 36, 30, 25, 20, 16, 12, 9, 6, 4, 2)
# Combinations of lists that are printed each alone; six lists can have 63.
MOST_COMBINATIONS = 16
SHORT_ITEM, MIDDLE_ITEM, LONGEST_ITEM = 38, 60, 400


@dataclass(frozen=True, slots=True)
class Group:
    """Rows or persons under a heading of their own, with their number; one text for each, or one for all."""

    title: str
    items: Sequence[str]
    count: int
    left_out: int = 0


def reconciliation_paper(facts: Facts) -> Printed:
    """Print a reconciliation as PDF/A in the active language."""
    return print_fitting(_choices(facts))


def shown_bridges(facts: Facts) -> tuple[Bridge, ...]:
    """Return the bridges that are shown: between every two of three lists; of more, from the first one."""
    bridges = facts.account.bridges
    if len(facts.sides) <= ALL_BRIDGES_TO:
        return bridges
    return tuple(way for way in bridges if way.start == facts.sides[0].name)


def groups(facts: Facts) -> Iterator[Group]:
    """Yield who is only on one list, who stands on one twice, contradictions, and what is in doubt."""
    account = facts.account
    if account.clashes:
        title = gettext("Listed with statuses that exclude each other")
        yield _group(title, [words.clash_words(clash, facts) for clash in account.clashes])
    for side in facts.sides:
        people = account.only_on(side.name)
        if people:
            title = gettext("Only on %(list)s") % {"list": facts.labels[side.name]}
            yield _group(title, [facts.row(facts.row_of(person, side.name)) for person in people])
    repeats = [
        f"{facts.labels[listed.name]} {words.repeat_words(facts, listed.name, *repeat)}"
        for listed in account.lists
        for repeat in listed.repeats
    ]
    if repeats:
        yield _group(gettext("Repeated rows"), repeats)
    unnamed = [listed for listed in account.lists if listed.unnamed]
    if unnamed:
        items = [f"{facts.labels[listed.name]}: {', '.join(listed.unnamed)}" for listed in unnamed]
        yield Group(gettext("Rows without a name"), items, sum(len(listed.unnamed) for listed in unnamed))
    if account.open_pairs:
        title = gettext("Still in doubt")
        yield _group(title, [words.pair_words(pair, facts) for pair in account.open_pairs])


def _group(title: str, items: Sequence[str]) -> Group:
    return Group(title, items, len(items))


def _choices(facts: Facts) -> Iterator[tuple[Document, int]]:
    """Yield documents, the best first: all on one page, then names on a second one, then fewer names."""
    found = list(groups(facts))
    names = sum(len(group.items) for group in found)
    if names <= MOST_NAMES // 2:
        for scale in (1.0, 0.93):
            yield _document(facts, [*_summary(facts, found), *_details(found), *_method(facts)], scale), 1
    first = [*_summary(facts, found), Paragraph(gettext("Who they are stands on page 2.")), *_method(facts)]
    fitting = next((size for size in (1.0, 0.93, 0.86) if _fits(facts, first, size)), 0.78)
    for size in SCALES if names <= MOST_NAMES else ():
        yield _document(facts, [*first, Break(size), *_details(found)], fitting), 2
    for most in CUTS:
        cut = [_cut(group, most) for group in found]
        yield _document(facts, [*first, Break(SCALES[-1]), *_details(cut)], fitting), 2


def _fits(facts: Facts, pieces: Sequence[Piece], scale: float) -> bool:
    return print_document(_document(facts, pieces, scale)).pages == 1


def _cut(group: Group, most: int) -> Group:
    # Numbers of rows without a name are one text, however many they are.
    short = [f"{item[:LONGEST_ITEM]}…" if len(item) > LONGEST_ITEM else item for item in group.items[:most]]
    return Group(group.title, short, group.count, len(group.items) - len(short))


def _document(facts: Facts, pieces: Sequence[Piece], scale: float) -> Document:
    return Document(
        title=gettext("Why the lists give different numbers"),
        language=(get_language() or "en").split("-")[0],
        day=facts.as_of or NO_DAY,
        pieces=pieces,
        footer=f"Kuager {facts.method.version} · SHA-256 {facts.digest[:16]}",
        scale=scale,
    )


def _summary(facts: Facts, found: Sequence[Group]) -> Iterator[Piece]:
    numbers = " · ".join(
        f"{side.name}: {listed.size.number}"
        for side, listed in zip(facts.sides, facts.account.lists, strict=True)
    )
    yield Paragraph(numbers, TextKind.LEAD)
    yield Paragraph(words.date_words(facts))
    yield _numbers(facts)
    yield Heading(gettext("From one number to the other"))
    for way in shown_bridges(facts):
        yield Paragraph(words.bridge_words(way, facts))
    yield _bridges(facts)
    yield Heading(gettext("Who is on which lists"))
    yield _overlap(facts)
    counts = gettext(
        "%(clashes)d listed with statuses that exclude each other; %(pairs)d pairs still in doubt."
    )
    yield Paragraph(counts % {"clashes": len(facts.account.clashes), "pairs": len(facts.account.open_pairs)})
    if facts.with_names and found:
        yield Paragraph(gettext("With names: pass it on only to those who may know them."), TextKind.SMALL)


def _numbers(facts: Facts) -> Table:
    # A column of days is printed only where there are any.
    is_dated = any(side.as_of for side in facts.sides)
    header = (
        gettext("List"),
        *((gettext("As of"),) if is_dated else ()),
        gettext("Number given"),
        gettext("Rows"),
        gettext("With a name"),
        gettext("Without a name"),
        gettext("Repeated"),
        gettext("Persons with a name"),
    )
    rows = []
    for side, listed in zip(facts.sides, facts.account.lists, strict=True):
        size = listed.size
        day = side.as_of.isoformat() if side.as_of else words.DASH
        figures = (size.rows, size.named, size.unnamed, len(listed.repeats))
        cells = (
            _list_title(side, facts),
            *((day,) if is_dated else ()),
            words.DASH if size.claimed is None else str(size.claimed),
            *map(str, figures),
            words.with_interval(str(listed.persons), listed.interval, listed.persons),
        )
        rows.append(Row(cells))
    columns = (Column.TEXT, *((Column.SHORT,) if is_dated else ()), *(Column.NUMBER,) * 6)
    return Table(columns, header, rows)


def _list_title(side: Side, facts: Facts) -> str:
    label = facts.labels[side.name]
    title = side.name if label == side.name else f"{label}. {side.name}"
    return f"{title} ({side.source})" if side.source else title


def _bridges(facts: Facts) -> Table:
    ways = shown_bridges(facts)
    titles = [f"{facts.labels[way.start]} → {facts.labels[way.end]}" for way in ways]
    rows = [
        Row((gettext("number of the first list"), *(str(way.from_number) for way in ways)), is_strong=True)
    ]
    rows += _step_rows([way.down for way in ways], down=True)
    both = [words.with_interval(str(way.both), way.both_interval, way.both) for way in ways]
    rows.append(Row((gettext("= on both"), *both), is_strong=True))
    rows += _step_rows([way.up for way in ways], down=False)
    ends = [str(way.to_number) for way in ways]
    rows.append(Row((gettext("= number of the second list"), *ends), is_strong=True))
    return Table((Column.TEXT, *(Column.NUMBER,) * len(ways)), ("", *titles), rows)


def _step_rows(steps: Sequence[tuple[Step, ...]], *, down: bool) -> Iterator[Row]:
    for same in zip(*steps, strict=True):
        if any(step.change or step.interval not in (None, (0, 0)) for step in same):
            cells = (
                words.with_interval(words.signed(step.change), step.interval, step.change) for step in same
            )
            yield Row((words.step_title(same[0].code, down=down), *cells))


def _overlap(facts: Facts) -> Table:
    found = facts.account.combinations
    largest = sorted(found, key=lambda one: -len(one.people))[:MOST_COMBINATIONS]
    most = max((len(one.people) for one in found), default=0) or 1
    rows = [
        Row(
            (
                words.combination_words(one.lists, facts),
                len(one.people) / most,
                words.with_interval(str(len(one.people)), one.interval, len(one.people)),
            )
        )
        for one in found
        if one in largest
    ]
    if len(found) > len(largest):
        others = sum(len(one.people) for one in found) - sum(len(one.people) for one in largest)
        title = gettext("%(count)d other combinations") % {"count": len(found) - len(largest)}
        rows.append(Row((title, others / most, str(others))))
    persons = facts.account.persons
    sum_of_all = words.with_interval(str(persons), facts.account.persons_interval, persons)
    total = Row((gettext("persons with a name, each once"), 0.0, sum_of_all), is_strong=True)
    header = (gettext("On exactly these lists"), "", gettext("Persons"))
    return Table((Column.SHORT, Column.BAR, Column.NUMBER), header, [*rows, total])


def _details(found: Sequence[Group]) -> Iterator[Piece]:
    for group in found:
        yield Heading(f"{group.title} ({group.count})")
        longest = max(len(item) for item in group.items)
        yield Items(group.items, 3 if longest <= SHORT_ITEM else 2 if longest <= MIDDLE_ITEM else 1)
        if group.left_out:
            yield Paragraph(words.more_words(group.left_out), TextKind.SMALL)


def _method(facts: Facts) -> Iterator[Piece]:
    yield Heading(gettext("What this does not say, and how it was computed"))
    yield Paragraph(words.limits_words(), TextKind.NOTE)
    yield Paragraph(" ".join(words.method_words(facts)), TextKind.SMALL)
