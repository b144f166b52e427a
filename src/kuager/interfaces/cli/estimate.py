"""``kuager estimate``: how many persons are on no list. Needs no database."""

import json
import time
from collections.abc import Mapping
from pathlib import Path

import click

from kuager.core.errors import BadInputError

METHODS = (
    "lincoln-petersen",
    "chapman",
    "chao",
    "loglinear",
    "heterogeneity",
    "decomposable",
    "latent-class",
    "sparse",
    "all",
)


@click.command("estimate")
@click.argument("counts", type=click.Path(path_type=Path))
@click.option("--method", type=click.Choice(METHODS), default="loglinear", show_default=True)
@click.option("--lists", help="Columns to use as lists, separated by commas; the default is all.")
@click.option("--strata", metavar="COLUMN", help="Estimate each value of COLUMN alone, then the total.")
@click.option("--derived", multiple=True, metavar="COPY=ORIGIN", help="A list that was built from another.")
@click.option("--level", type=float, default=0.95, show_default=True, help="Probability of the interval.")
@click.option("--seed", type=int, default=1, show_default=True, help="Start of the random numbers.")
@click.option("--draws", type=click.Path(path_type=Path), help="For methods of a later version.")
@click.option("--chains", type=int, help="For methods of a later version.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(  # noqa: PLR0913  # one parameter for each option of the contract
    *,
    counts: Path,
    method: str,
    lists: str | None,
    strata: str | None,
    derived: tuple[str, ...],
    level: float,
    seed: int,
    draws: Path | None,
    chains: int | None,
    as_json: bool,
) -> None:
    """Estimate how many persons there are from the overlap of lists.

    COUNTS is a CSV file: a column of 0/1 for each list and a column "count" (without it each row is a
    person). Lines that begin with # are comments.
    """
    started = time.perf_counter()
    _refuse_later_options(draws, chains)
    chosen = None if lists is None else [name.strip() for name in lists.split(",") if name.strip()]
    copies = _copies(derived)
    if strata is not None:
        answer = _by_stratum(counts, strata, chosen, method=method, level=level, seed=seed, derived=copies)
    else:
        answer = _together(counts, chosen, method=method, level=level, seed=seed, derived=copies)
    _finish(answer, seed=seed, seconds=round(time.perf_counter() - started, 4))
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else _in_words(answer))


def _refuse_later_options(draws: Path | None, chains: int | None) -> None:
    for name, value in (("--draws", draws), ("--chains", chains)):
        if value is not None:
            raise BadInputError(f"{name} belongs to methods that draw; this version has none, leave it out")


def _copies(derived: tuple[str, ...]) -> dict[str, str]:
    copies = {}
    for pair in derived:
        copy, sign, origin = pair.partition("=")
        if not (copy and sign and origin):
            raise BadInputError(f"--derived expects COPY=ORIGIN, got {pair!r}")
        copies[copy.strip()] = origin.strip()
    return copies


def _together(
    path: Path, lists: list[str] | None, *, method: str, level: float, seed: int, derived: Mapping[str, str]
) -> dict[str, object]:
    from kuager.engines import estimation

    histories = estimation.read_counts(path, lists=lists)
    request = estimation.Request(level=level, seed=seed)
    if method == "all":
        return estimation.compare(histories, request=request, derived=derived).to_json()
    return estimation.estimate(histories, method=method, request=request, derived=derived).to_json()


def _by_stratum(  # noqa: PLR0913  # the options of the command, passed on by name
    path: Path,
    strata: str,
    lists: list[str] | None,
    *,
    method: str,
    level: float,
    seed: int,
    derived: Mapping[str, str],
) -> dict[str, object]:
    from kuager.engines import estimation

    if method == "all":
        raise BadInputError("--strata needs one method, because totals of different methods cannot be mixed")
    groups = estimation.read_table(path).by_stratum(strata, lists)
    request = estimation.Request(level=level, seed=seed)
    return estimation.estimate_strata(groups, method=method, request=request, derived=derived).to_json()


def _finish(answer: dict[str, object], *, seed: int, seconds: float) -> None:
    """Write seed and time into the answer and into every answer inside it."""
    for part in _parts(answer):
        part["seed"] = seed
    answer["seconds"] = seconds


def _parts(answer: dict[str, object]) -> list[dict[str, object]]:
    """List the single estimates inside an answer."""
    match answer:
        case {"methods": list(found)}:
            return found
        case {"strata": dict(found), "total": dict(total)}:
            return [*found.values(), total]
    return [answer]


def _in_words(answer: dict[str, object]) -> str:
    """Write the answer for a person at a terminal."""
    lines = []
    match answer:
        case {"methods": list(found), "comparison": list(sentences), "not_run": dict(failed)}:
            lines = [_line(_title(part), part) for part in found]
            lines += [f"{name}: {reason}" for name, reason in failed.items()]
            lines += ["", *map(str, sentences)]
        case {"strata": dict(found), "total": dict(total)}:
            lines = [_line(name, part) for name, part in found.items()] + [_line("total", total)]
        case _:
            lines = [_line(str(answer["method"]), answer), "", *_strings(answer, "assumptions")]
    return "\n".join(lines)


def _title(part: Mapping[str, object]) -> str:
    """Name the method, and the lists where it used only some."""
    match part:
        case {"method": method, "diagnostics": {"lists": lists}}:
            return f"{method} ({lists})"
    return str(part["method"])


def _line(name: str, part: Mapping[str, object]) -> str:
    match part:
        case {"interval": [low, high], "estimate": float(value), "level": float(level)}:
            ends = f"{_people(low)} to {_people(high)}"
            bound = "at least " if part.get("lower_bound") else ""
            text = f"{name}: {bound}{value:,.0f} ({level:.0%} interval {ends}); {part['observed']} observed"
        case _:
            text = f"{name}: no estimate"
    verdicts = [] if part.get("publishable") else ["do not publish:", *_strings(part, "reasons")]
    return "\n  ".join([text, *verdicts, *(f"warning: {words}" for words in _strings(part, "warnings"))])


def _strings(part: Mapping[str, object], key: str) -> list[str]:
    values = part.get(key, [])
    return [str(value) for value in values] if isinstance(values, list) else []


def _people(end: object) -> str:
    return f"{end:,.0f}" if isinstance(end, (int, float)) else "no limit"
