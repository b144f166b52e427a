"""What ``kuager estimate`` asks of the engine, by what it was given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self, cast

from kuager.core.errors import BadInputError

if TYPE_CHECKING:
    import polars as pl

    from kuager.engines.estimation import Estimate, Request
    from kuager.engines.estimation.partial import PartialHistories
    from kuager.engines.estimation.running import Progress
    from kuager.engines.estimation.tally import Tally

ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The options of the command, checked against each other."""

    counts: Path | None
    lists: Sequence[str] | None
    strata: tuple[str, ...]
    derived: Mapping[str, str]
    cannot_contain: Mapping[str, str]
    method: str
    pool: bool
    impute: int | None
    replicates: str | None
    level: float
    order: int | None
    criterion: Literal["bic", "aic"]
    seed: int
    chains: int
    keep: int | None
    draws: Path | None
    save_draws: Path | None
    checkpoint: Path | None
    sensitivity: bool

    @classmethod
    def of(
        cls,
        *,
        counts: Path | None,
        lists: Sequence[str] | None,
        strata: tuple[str, ...],
        derived: Mapping[str, str],
        cannot_contain: Mapping[str, str],
        options: Mapping[str, object],
    ) -> Self:
        """Check what does not go together.

        Raises
        ------
        BadInputError
            With the two options and the reason.

        """
        wanted = cls(
            counts=counts,
            lists=lists,
            strata=strata,
            derived=derived,
            cannot_contain=cannot_contain,
            **cast(dict[str, object], options),  # type: ignore[arg-type]  # names and types are those of click
        )
        for is_wrong, words in wanted._contradictions():
            if is_wrong:
                raise BadInputError(words)
        return wanted

    def _contradictions(self) -> list[tuple[bool, str]]:
        is_divided = bool(self.strata) or self.replicates is not None
        return [
            (self.counts is None and self.draws is None, "name a file of counts (or draws: --draws)"),
            (
                is_divided and self.method == ALL,
                "--strata needs one method, because totals of different methods cannot be mixed",
            ),
            (self.pool and not self.strata, "--pool puts strata together; name their column (--strata)"),
            (self.impute is not None and not self.strata, "--impute draws unknown strata; name --strata"),
            (
                is_divided and self.draws is not None,
                "--draws holds records without strata; leave --strata and --replicates out",
            ),
            (
                bool(self.cannot_contain) and (is_divided or self.draws is not None),
                "--cannot-contain is about one table; with --strata leave the list out where it cannot be",
            ),
            (self.sensitivity and is_divided, "--sensitivity changes one table; leave --strata out"),
            (
                self.draws is not None and self.method == ALL,
                "--draws needs one method; name it (--method)",
            ),
            (
                self.sensitivity and self.draws is not None,
                "--sensitivity changes one table; leave --draws out",
            ),
            (
                self.sensitivity and self.method == ALL,
                "--sensitivity follows one method; name it (--method)",
            ),
        ]

    def request(self, progress: "Progress") -> "Request":
        """Put together what is asked of a method."""
        from kuager.engines.estimation.request import Request
        from kuager.engines.estimation.running import FileCheckpoint

        return Request(
            level=self.level,
            seed=self.seed,
            order=self.order,
            criterion=self.criterion,
            chains=self.chains,
            draws=self.keep,
            progress=progress,
            checkpoint=None if self.checkpoint is None else FileCheckpoint(self.checkpoint),
        )


def answered(wanted: Wanted, progress: "Progress") -> dict[str, object]:
    """Answer as the command prints it, and write the draws if they are wanted."""
    request = wanted.request(progress)
    if wanted.draws is not None:
        return _over_partitions(wanted, request)
    if wanted.strata or wanted.replicates is not None:
        return _divided(wanted, request)
    tally = _tally(wanted, ())
    histories = _usable(tally.partial())
    if wanted.method == ALL:
        return _every_method(wanted, request, histories, tally.warnings)
    return _one_method(wanted, request, histories, tally.warnings)


def _tally(wanted: Wanted, by: Sequence[str]) -> "Tally":
    from kuager.engines.estimation.reading import read_table

    if wanted.counts is None:
        raise BadInputError("name a file of counts")
    return read_table(wanted.counts).tally(wanted.lists, by=by)


def _usable(histories: "PartialHistories") -> "PartialHistories":
    """Refuse a table with one list, or with a list that names nobody."""
    empty = [name for name in histories.lists if not (histories.select([name]).observed)]
    rest = [name for name in histories.lists if name not in empty]
    if not rest:
        raise BadInputError("the table counts nobody; at least one person must be on a list")
    if empty:
        raise BadInputError(
            f"nobody is on {', '.join(map(repr, empty))}; leave them out: --lists {_quoted(rest)}"
        )
    if len(rest) < 2:
        raise BadInputError(
            f"the table has one list only, {rest[0]!r}; an estimate needs at least two that overlap"
        )
    return histories


def _quoted(names: Sequence[str]) -> str:
    return "'" + ",".join(f'"{name}"' if "," in name else name for name in names) + "'"


def _one_method(
    wanted: Wanted, request: "Request", histories: "PartialHistories", warnings: Sequence[str]
) -> dict[str, object]:
    from kuager.engines.estimation.unanswered import estimate_partial

    found = estimate_partial(
        histories,
        method=wanted.method,
        request=request,
        derived=wanted.derived,
        cannot_contain=wanted.cannot_contain,
    )
    _save_draws(wanted.save_draws, {"": found}, "method")
    answer = found.to_json()
    answer["warnings"] = [*map(str, warnings), *map(str, found.warnings)]
    if wanted.sensitivity:
        answer["sensitivity"] = _sensitivity(wanted, request, histories)
    return answer


def _sensitivity(wanted: Wanted, request: "Request", histories: "PartialHistories") -> dict[str, object]:
    from kuager.engines.estimation.sensitivity import sensitivity

    if not histories.is_complete:
        raise BadInputError(
            "--sensitivity needs lists that answered for everybody; leave those with empty cells out "
            "(--lists)"
        )
    found = sensitivity(
        histories.as_answered_no(), method=wanted.method, request=request, derived=wanted.derived
    ).to_json()
    found.pop("answer", None)
    return found


def _every_method(
    wanted: Wanted, request: "Request", histories: "PartialHistories", warnings: Sequence[str]
) -> dict[str, object]:
    from kuager.engines.estimation.unanswered import compare_partial

    found = compare_partial(
        histories, request=request, derived=wanted.derived, cannot_contain=wanted.cannot_contain
    )
    drawn = {answer.method: answer for answer in found.estimates if answer.draws is not None}
    _save_draws(wanted.save_draws, drawn, "method")
    answer = found.to_json()
    answer["comparison"] = [*map(str, warnings), *map(str, found.sentences)]
    return answer


def _divided(wanted: Wanted, request: "Request") -> dict[str, object]:
    """Estimate strata, from as many versions of the table as there are."""
    from kuager.engines.estimation.imputation import impute_strata
    from kuager.engines.estimation.strata import estimate_versions

    by = (*wanted.strata, *(() if wanted.replicates is None else (wanted.replicates,)))
    tally = _tally(wanted, by)
    versions = [tally] if wanted.replicates is None else list(tally.divided(wanted.replicates).values())
    if wanted.replicates is not None and len(versions) < 2:
        raise BadInputError(
            f"column {wanted.replicates!r} holds one replicate only; it takes two or more to see how they "
            "differ (choose it as a stratum to estimate from one)"
        )
    if wanted.impute is not None:
        m = wanted.impute
        versions = [found for one in versions for found in impute_strata(one, m=m, seed=wanted.seed)]
    groups = [_groups(version) for version in versions]
    run = partial(estimate_versions, method=wanted.method, request=request, derived=wanted.derived)
    found = run(groups, pool=wanted.pool)
    named = dict(found.estimates) | ({} if found.total is None else {"total": found.total})
    _save_draws(wanted.save_draws, named, "stratum")
    answer = found.to_json()
    answer["sentences"] = [*map(str, tally.warnings), *map(str, found.sentences)]
    return answer


def _groups(tally: "Tally") -> dict[str, "PartialHistories"]:
    return tally.by_group() if tally.columns else {"all": tally.partial()}


def _over_partitions(wanted: Wanted, request: "Request") -> dict[str, object]:
    """Estimate with the doubt about who is who; a table of counts beside the draws is compared."""
    from kuager.engines.estimation.partitions import estimate_over_partitions, read_partitions

    if wanted.draws is None:
        raise BadInputError("name a file of draws (--draws)")
    partitions = read_partitions(wanted.draws)
    if wanted.lists is not None:
        partitions = partitions.select(wanted.lists)
    compared = None if wanted.counts is None else _usable(_tally(wanted, ()).partial())
    if compared is not None and set(compared.lists) != set(partitions.lists):
        raise BadInputError(
            f"the draws are of the lists {', '.join(partitions.lists)}, the table of "
            f"{', '.join(compared.lists)}; choose the same (--lists), or leave the table out"
        )
    found = estimate_over_partitions(
        partitions, method=wanted.method, request=request, derived=wanted.derived
    )
    _save_draws(wanted.save_draws, {"": found}, "method")
    answer = found.to_json()
    if compared is not None:
        once = replace(wanted, save_draws=None, sensitivity=False)
        answer["table"] = _one_method(once, replace(request, checkpoint=None), compared, ())
    return answer


def _save_draws(path: Path | None, answers: Mapping[str, "Estimate"], column: str) -> None:
    """Write the draws of one or more answers; of several, a column says whose they are."""
    if path is None:
        return
    frames = [_frame(answer, column, name) for name, answer in answers.items() if answer.draws is not None]
    if not frames:
        raise BadInputError("--save-draws: this method draws nothing; latent-class and decomposable do")
    import polars as pl

    try:
        pl.concat(frames, how="diagonal").write_parquet(path)
    except OSError as error:
        raise BadInputError(f"{path}: cannot be written ({error.strerror}); choose another place") from error


def _frame(answer: "Estimate", column: str, name: str) -> "pl.DataFrame":
    import polars as pl

    if answer.draws is None:
        return pl.DataFrame()
    frame = answer.draws.to_dataframe()
    return frame.select(pl.lit(name).alias(column), pl.all()) if name else frame
