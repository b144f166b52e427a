"""What the public pages say of an estimate, in the reader's language."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext

from kuager.core.digest import JsonValue
from kuager.core.errors import NotFoundError
from kuager.domain.lists.terms import Strata, method_word
from kuager.domain.publication.definitions import age_group_label, day_in_words, sex_label, status_label
from kuager.domain.publication.models import Snapshot, SnapshotEstimate, SnapshotPicture
from kuager.domain.publication.queries.estimate_pictures import picture_key
from kuager.domain.publication.queries.labels import in_language
from kuager.domain.publication.queries.picture_pages import PictureLine
from kuager.domain.publication.queries.tables import heading

Object = Mapping[str, JsonValue]
_ENGLISH_NUMBER = re.compile(r"\d{1,3}(,\d{3})+")
NO_BREAK = "\N{NO-BREAK SPACE}"
ANSWER_COLUMNS = ("what", "name", "observed", "estimate", "low", "high", "at_least", "may_be_published")


@dataclass(frozen=True, kw_only=True)
class EstimateLine:
    """An estimate as the home page shows it: who it is about, and the one sentence that can be quoted."""

    key: str
    who: str | Promise
    quote: str


@dataclass(frozen=True, kw_only=True)
class AnswerLine:
    """One method or one group of people; no number where it must not be published."""

    name: str
    observed: int | None
    estimate: int | None
    low: int | None
    high: int | None
    lower_bound: bool
    publishable: bool
    reasons: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class ListLine:
    """One list: how many people it has, rounded; None for few."""

    name: str
    people: int | None
    built_from: str
    cannot_contain: str


@dataclass(frozen=True, kw_only=True)
class EstimatePage:
    """Everything the page of an estimate says."""

    line: EstimateLine
    as_of: date
    known_at: datetime
    method: str
    level_percent: int
    lower_bound: bool
    assumptions: Sequence[str]
    warnings: Sequence[str]
    methods: Sequence[AnswerLine]
    strata_word: str
    strata: Sequence[AnswerLine]
    lists: Sequence[ListLine]
    pairs: Sequence[tuple[str, str, int | None]]
    changed: Object | None
    seed: int
    versions: Mapping[str, str]
    computation: Mapping[str, float]
    proof: str
    picture: PictureLine | None


def estimate_lines(snapshot: Snapshot) -> list[EstimateLine]:
    """Return the estimates of a snapshot, those about everybody first."""
    rows = SnapshotEstimate.objects.filter(snapshot=snapshot)
    return [_line(row.content) for row in sorted(rows, key=lambda row: (row.key != "all", row.key))]


def estimate_page(snapshot: Snapshot, key: str) -> EstimatePage:
    """Return the page of one estimate; raises NotFoundError."""
    content = _stored(snapshot, key)
    changed = cast("Object | None", content["changed"])
    return EstimatePage(
        line=_line(content),
        as_of=_day(content),
        known_at=datetime.fromisoformat(str(content["known_at"])),
        method=method_word(str(content["method"])),
        level_percent=round(cast(float, content["level"]) * 100),
        lower_bound=bool(content["lower_bound"]),
        assumptions=_all_said(content["assumptions"]),
        warnings=_all_said(content["warnings"]),
        methods=[_answer(one, name=method_word(str(one["method"]))) for one in _objects(content["methods"])],
        strata_word=str(Strata(str(content["strata_by"])).label) if content["strata_by"] else "",
        strata=[
            _answer(one, name=_stratum(str(content["strata_by"]), one)) for one in _objects(content["strata"])
        ],
        lists=list(_lists(content)),
        pairs=list(_pairs(content)),
        changed=changed,
        seed=cast(int, content["seed"]),
        versions=cast("Mapping[str, str]", content["versions"]),
        computation=cast("Mapping[str, float]", content["computation"]),
        proof=str(content["proof"]),
        picture=_picture(snapshot, key),
    )


def estimate_document(snapshot: Snapshot, key: str) -> dict[str, JsonValue]:
    """Return one estimate as it stands in the snapshot, with the sentence in the reader's language."""
    content = _stored(snapshot, key)
    return {**heading(snapshot), "quote": _line(content).quote, "estimate": content}


def estimate_rows(snapshot: Snapshot, key: str) -> Iterator[dict[str, JsonValue]]:
    """Yield one flat row for each method and each group of people."""
    page = estimate_page(snapshot, key)
    for what, lines in (("method", page.methods), ("group", page.strata)):
        for line in lines:
            yield {
                "what": what,
                "name": line.name,
                "observed": line.observed,
                "estimate": line.estimate,
                "low": line.low,
                "high": None if line.lower_bound else line.high,
                "at_least": line.lower_bound,
                "may_be_published": line.publishable,
            }


def said(sentence: JsonValue) -> str:
    """Say a sentence of a snapshot in the reader's language."""
    found = cast("Mapping[str, JsonValue]", sentence)
    template = str(found["template"])
    values = cast("Mapping[str, str]", found["values"])
    if not values:
        return gettext(template) if template else ""
    return gettext(template).format(**{name: _local(value) for name, value in values.items()})


def _local(value: str) -> str:
    """Write a number with the thousands mark of the language; names of lists and models are translated."""
    if _ENGLISH_NUMBER.fullmatch(value):
        return value if get_language() == "en" else value.replace(",", NO_BREAK)
    return value


def _stored(snapshot: Snapshot, key: str) -> Object:
    row = SnapshotEstimate.objects.filter(snapshot=snapshot, key=key).first()
    if row is None:
        raise NotFoundError(f"snapshot {snapshot.number} has no estimate {key!r}")
    return cast(Object, row.content)


def _line(content: Object) -> EstimateLine:
    status = str(content["status"])
    who = status_label(status) if status else gettext("everybody on the lists")
    values = {"day": day_in_words(_day(content)), "who": who, "sentence": said(content["sentence"])}
    quote = gettext("Estimate for %(day)s (%(who)s): %(sentence)s") % values
    return EstimateLine(key=str(content["key"]), who=who, quote=quote)


def _day(content: Object) -> date:
    return date.fromisoformat(str(content["as_of"]))


def _objects(value: JsonValue) -> Sequence[Object]:
    return cast("Sequence[Object]", value)


def _all_said(value: JsonValue) -> list[str]:
    return [said(one) for one in _objects(value)]


def _answer(answer: Object, *, name: str) -> AnswerLine:
    low, high = cast("Sequence[int | None]", answer["interval"] or (None, None))
    return AnswerLine(
        name=name,
        observed=cast("int | None", answer.get("observed")),
        estimate=cast("int | None", answer["estimate"]),
        low=low,
        high=high,
        lower_bound=bool(answer["lower_bound"]),
        publishable=bool(answer["publishable"]),
        reasons=_all_said(answer["reasons"]),
    )


def _stratum(kind: str, answer: Object) -> str:
    name = str(answer["stratum"])
    match kind:
        case Strata.SEX:
            return str(sex_label(name))
        case Strata.AGE_GROUP:
            return str(age_group_label(name))
        case Strata.REGION if name != "unknown":
            return in_language(cast("Mapping[str, str]", answer["names"])) or name
    return gettext("not known") if name == "unknown" else name


def _lists(content: Object) -> Iterator[ListLine]:
    for one in _objects(content["lists"]):
        yield ListLine(
            name=_list_name(one),
            people=cast("int | None", one["people"]),
            built_from=str(one["built_from"]),
            cannot_contain=str(one["cannot_contain"]),
        )


def _list_name(one: Object) -> str:
    return str(one["name"]) if one["is_named"] else gettext("a list whose publisher is protected")


def _pairs(content: Object) -> Iterator[tuple[str, str, int | None]]:
    names = [_list_name(one) for one in _objects(content["lists"])]
    for pair in _objects(content["pairs"]):
        one, other = cast("Sequence[int]", pair["lists"])
        yield names[one], names[other], cast("int | None", pair["people"])


def _picture(snapshot: Snapshot, key: str) -> PictureLine | None:
    found = (
        SnapshotPicture.objects.filter(
            snapshot=snapshot, key=picture_key(key), language=get_language() or "en"
        )
        .defer("svg")
        .first()
    )
    if found is None:
        return None
    width, height = found.table["size"]
    return PictureLine(
        key=found.key,
        title=gettext("What the methods say"),
        alt=found.alt,
        table=found.table,
        width=width,
        height=height,
    )
