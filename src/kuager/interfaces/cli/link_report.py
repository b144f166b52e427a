"""``kuager link --report``: why the linked lists give different numbers, from plain tables."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from kuager import __version__
from kuager.core.errors import BadInputError
from kuager.interfaces.cli.reconciliation_files import LANGUAGES, check_ending, write_report

if TYPE_CHECKING:
    import polars as pl

    from kuager.core.digest import JsonValue
    from kuager.engines.linkage import LinkResult
    from kuager.engines.linkage.rival_lists.reconciling import Key, Said

Command = TypeVar("Command", bound=Callable[..., object])
DRAWS = 100
FEWEST, MOST = 2, 6


@dataclass(frozen=True, kw_only=True)
class WantedReport:
    """The report that was asked for."""

    path: Path
    claimed: Mapping[str, int]
    as_of: date | None
    language: str
    with_names: bool


def report_options(command: Command) -> Command:
    """Add the options of the report to a command."""
    options = (
        click.option(
            "--report",
            type=click.Path(path_type=Path),
            metavar="REPORT.pdf|.json",
            help="Write why the lists give different numbers.",
        ),
        click.option(
            "--claimed", multiple=True, metavar="LIST=NUMBER", help="How many its publisher says there are."
        ),
        click.option("--as-of", metavar="DATE", help="The day the lists are about, for the report."),
        click.option(
            "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the report."
        ),
        click.option("--without-names", is_flag=True, help="Tell rows in the report by number alone."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def wanted_report(options: Mapping[str, object], lists: Collection[str]) -> WantedReport | None:
    """Read the options, before anything is computed.

    Raises
    ------
    BadInputError
        When they make no sense, or go with a report that was not asked for.
    """
    match options:
        case {
            "report": Path() as path,
            "claimed": tuple(claimed),
            "as_of": str() | None as as_of,
            "language": str(language),
            "without_names": bool(without_names),
        }:
            check_ending(path)
            if not FEWEST <= len(lists) <= MOST:
                raise BadInputError(f"--report compares {FEWEST} to {MOST} lists, got {len(lists)}")
            return WantedReport(
                path=path,
                claimed=_claims(claimed, lists),
                as_of=_day(as_of) if as_of else None,
                language=language,
                with_names=not without_names,
            )
    if options.get("claimed") or options.get("as_of") or options.get("without_names"):
        raise BadInputError("--claimed, --as-of and --without-names belong to --report; name its file")
    return None


def report(  # noqa: PLR0913  # what the report is made of
    wanted: WantedReport,
    result: "LinkResult",
    frames: "Mapping[str, pl.DataFrame]",
    *,
    paths: Mapping[str, Path],
    one_to_one: Sequence[str],
    threshold: float,
    draws: int | None,
    seed: int,
) -> "dict[str, JsonValue]":
    """Account for every row of the lists and write the report; return where it is, and its digest."""
    from django import setup

    setup()  # Translations only: no database is opened.
    from kuager.engines.linkage.drawing.draws import draw_partitions
    from kuager.engines.linkage.rival_lists.reconciling import reconcile
    from kuager.interfaces.shell.reconciliation.facts import Facts, Method, Side

    account = reconcile(
        result,
        frames,
        statuses=statuses_in(frames),
        claimed=wanted.claimed,
        draws=draw_partitions(result, draws=draws or DRAWS, seed=seed, one_to_one=one_to_one),
    )
    facts = Facts(
        account=account,
        sides=tuple(Side(name=name, fingerprint=_fingerprint(paths[name])) for name in frames),
        method=Method(version=__version__, threshold=threshold, seed=seed),
        as_of=wanted.as_of,
        with_names=wanted.with_names,
    )
    return write_report(wanted.path, facts, wanted.language)


def statuses_in(frames: "Mapping[str, pl.DataFrame]") -> "dict[Key, list[Said]]":
    """Read what rows say of their persons; what is not in the vocabulary says nothing."""
    import polars as pl

    from kuager.engines.linkage import recognise_columns
    from kuager.engines.linkage.reading.dates import read_date
    from kuager.engines.linkage.rival_lists.reconciling import Said
    from kuager.engines.tables import parse_status

    found: dict[Key, list[Said]] = {}
    for name, frame in frames.items():
        column = {field: header for header, field in recognise_columns(frame.columns).items()}
        if "status" not in column:
            continue
        texts = {
            field: frame[column[field]].cast(pl.String).fill_null("").str.strip_chars().to_list()
            for field in ("id", "status", "event_date")
            if field in column
        }
        keys = texts.get("id") or [str(number) for number in range(1, frame.height + 1)]
        days = texts.get("event_date") or [""] * frame.height
        for key, status, written in zip(keys, texts["status"], days, strict=True):
            day = read_date(written)
            exact = date.fromordinal(day.earliest) if day and day.is_exact else None
            found[name, key] = [Said(word.status, exact) for word in parse_status(status) or ()]
    return found


def _claims(claimed: Sequence[str], lists: Collection[str]) -> dict[str, int]:
    found = {}
    for text in claimed:
        name, _, number = (part.strip() for part in text.partition("="))
        if not (number.isascii() and number.isdigit()):
            raise BadInputError(f"--claimed expects LIST=NUMBER such as lawyers=227, got {text!r}")
        known = name if name in lists else Path(name).stem
        if known not in lists:
            raise BadInputError(f"--claimed names an unknown list: {name}; the lists are {', '.join(lists)}")
        found[known] = int(number)
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInputError(f"--as-of: expected a day such as 2022-01-20, got {text!r}") from None


def _fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
