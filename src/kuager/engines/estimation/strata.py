"""Estimate strata (region, period, sex ...) each alone, and all together.

People who differ in how easily lists find them are better estimated apart. Strata that cannot carry an
estimate are put together or only counted (``pooling``); sums are sums of draws (``totals``); unknown strata
and published replicates are several versions of one table, combined by Rubin's rules (``replicates``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from kuager.core.errors import BadInputError, KuagerError
from kuager.engines.estimation.divided_work import HIDDEN, Task, run_parts
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.partial import PartialHistories
from kuager.engines.estimation.pooling import Plan, plan_strata, united
from kuager.engines.estimation.replicates import combine_replicates
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence, people
from kuager.engines.estimation.tally import UNKNOWN
from kuager.engines.estimation.totals import add_up, is_unbounded
from kuager.engines.estimation.trial import told_together
from kuager.engines.estimation.unanswered import as_partial, estimate_partial, without_empty_lists

Groups: TypeAlias = Mapping[str, CaptureHistories | PartialHistories]

_TOGETHER = HIDDEN + "together"


@dataclass(frozen=True, kw_only=True)
class Strata:
    """Answers for each stratum and for all together.

    Parameters
    ----------
    estimates : mapping
        Stratum to its answer.
    not_estimated : mapping
        Stratum to the reason why the persons in it are only counted.
    documented : mapping
        Those strata to the persons counted in them.
    observed : int
        Persons documented in all strata.
    total : Estimate or None
        All strata together, a lower bound if some are only counted; unknown if none has an answer.
    together : Estimate or None
        The answer without dividing into strata; unknown if there is none.
    pooled : mapping
        A stratum made of thin ones to their names.
    sentences : tuple of str
        What division into strata changed, and what a reader has to know about them.

    """

    estimates: Mapping[str, Estimate]
    not_estimated: Mapping[str, str]
    documented: Mapping[str, int] = field(default_factory=dict)
    observed: int
    total: Estimate | None
    together: Estimate | None = None
    pooled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sentences: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Answer as the command prints it."""
        strata: dict[str, object] = {name: answer.to_json() for name, answer in self.estimates.items()}
        for name, reason in self.not_estimated.items():
            strata[name] = _without_number(self.documented.get(name, 0), reason)
        return {
            "strata": strata,
            "total": self._total(),
            "without_strata": None if self.together is None else self.together.to_json(),
            "pooled": {name: list(parts) for name, parts in self.pooled.items()},
            "sentences": [str(sentence) for sentence in self.sentences],
        }

    def _total(self) -> dict[str, object]:
        if self.total is not None:
            return self.total.to_json()
        names = ", ".join([*self.not_estimated, *self.estimates])
        reason = f"no total: no usable answer for {names}; only those documented can be added"
        return _without_number(self.observed, reason)


def estimate_strata(
    groups: Groups,
    *,
    method: str,
    request: Request | None = None,
    derived: Mapping[str, str] | None = None,
    pool: bool = False,
    workers: int | None = None,
) -> Strata:
    """Estimate each stratum alone, then their total.

    Parameters
    ----------
    groups : mapping
        Stratum to the persons in it; the same lists in all of them. Lists that name nobody in a stratum
        are left out there.
    method : str
        A key of ``METHODS``.
    request : Request, optional
        What is asked of the method. Each stratum has a seed of its own, made from this one and its name.
    derived : mapping, optional
        Lists built from another list: name of the copy to name of its origin.
    pool : bool
        Put strata too thin to estimate together; otherwise the persons in them are only counted.
    workers : int, optional
        Strata computed at the same time; unknown means one for each core. It changes no number.

    """
    return estimate_versions(
        [groups], method=method, request=request, derived=derived, pool=pool, workers=workers
    )


def estimate_versions(
    versions: Sequence[Groups],
    *,
    method: str,
    request: Request | None = None,
    derived: Mapping[str, str] | None = None,
    pool: bool = False,
    workers: int | None = None,
) -> Strata:
    """Estimate each stratum and the total from several versions of a table, by Rubin's rules.

    Parameters
    ----------
    versions : sequence of mapping
        Tables in which what is missing was drawn anew (``impute_strata``, or published replicates), each
        divided into strata. One version is a table without anything missing.

    """
    if not versions or not all(versions):
        raise BadInputError("expected at least one stratum with persons in it")
    tables = [{name: as_partial(group) for name, group in groups.items()} for groups in versions]
    _check_declared(derived or {}, next(iter(tables[0].values())).lists)
    plan = plan_strata(tables, pool=pool)
    wanted = request or Request()
    tasks = _tasks([plan.arranged(table) for table in tables], tables, method, derived)
    found = run_parts(tasks, wanted, workers=workers)
    return _gathered(found, tables, plan, wanted)


def _check_declared(derived: Mapping[str, str], lists: tuple[str, ...]) -> None:
    """Refuse a misspelt list here: in a single stratum a list may be absent."""
    for name in (*derived, *derived.values()):
        if name not in lists:
            raise BadInputError(f"there is no list {name!r}; the lists are {', '.join(lists)}")


def _tasks(
    arranged: Sequence[Mapping[str, PartialHistories]],
    tables: Sequence[Mapping[str, PartialHistories]],
    method: str,
    derived: Mapping[str, str] | None,
) -> dict[str, Task]:
    """One task for each stratum of each version, and one for each different table without strata."""
    parts = {_key(at, name): group for at, strata in enumerate(arranged) for name, group in strata.items()}
    every = {united(list(table.values())): at for at, table in reversed(list(enumerate(tables)))}
    if len(tables[0]) > 1:
        parts |= {_key(at, _TOGETHER): without_empty_lists(table) for table, at in every.items()}
    return {key: partial(_one, group, method, derived or {}) for key, group in parts.items()}


def _key(version: int, name: str) -> str:
    return name if version == 0 else f"{name}{HIDDEN}{version}"


def _one(histories: PartialHistories, method: str, derived: Mapping[str, str], request: Request) -> Estimate:
    """Estimate one table; what was declared about lists that are not in it does not concern it."""
    concerned = {copy: origin for copy, origin in derived.items() if {copy, origin} <= set(histories.lists)}
    return estimate_partial(histories, method=method, request=request, derived=concerned)


def _gathered(
    found: Mapping[str, Estimate | KuagerError],
    tables: Sequence[Mapping[str, PartialHistories]],
    plan: Plan,
    request: Request,
) -> Strata:
    """Combine versions, set aside what has no answer, add up the rest."""
    arranged = [plan.arranged(table) for table in tables]
    answered, failed = _by_version(found, arranged)
    by_version = [told_together(answers) for answers in answered]
    documented = [
        plan.documented(table) | {name: strata[name].observed for name in failed}
        for table, strata in zip(tables, arranged, strict=True)
    ]
    total = _total(by_version, documented, request)
    together = _together(found, len(tables))
    pooled = {plan.rest: plan.pooled} if plan.pooled else {}
    return Strata(
        estimates={name: _combined([answers[name] for answers in by_version]) for name in by_version[0]},
        not_estimated={**plan.counted, **failed},
        documented=documented[0],
        observed=sum(group.observed for group in tables[0].values()),
        total=total,
        together=together,
        pooled=pooled,
        sentences=_sentences(total, together, pooled, tables),
    )


def _total(
    by_version: Sequence[Mapping[str, Estimate]],
    documented: Sequence[Mapping[str, int]],
    request: Request,
) -> Estimate | None:
    """Add up each version, then combine; in a stratum without an upper end persons are only counted."""
    unbounded = {name for answers in by_version for name, part in answers.items() if is_unbounded(part)}
    if not set(by_version[0]) - unbounded:
        return None
    return _combined(
        [
            add_up(
                {name: part for name, part in answers.items() if name not in unbounded},
                {**counted, **{name: answers[name].observed for name in sorted(unbounded)}},
                request,
            )
            for answers, counted in zip(by_version, documented, strict=True)
        ]
    )


def _by_version(
    found: Mapping[str, Estimate | KuagerError], arranged: Sequence[Mapping[str, PartialHistories]]
) -> tuple[list[dict[str, Estimate]], dict[str, str]]:
    """Sort answers by version; a stratum that one version has no answer for has none."""
    failed: dict[str, str] = {}
    answers: list[dict[str, Estimate]] = [{} for _ in arranged]
    for at, strata in enumerate(arranged):
        for name in strata:
            match found[_key(at, name)]:
                case Estimate() as answer:
                    answers[at][name] = answer
                case error:
                    failed.setdefault(name, str(error))
    return [{name: part for name, part in one.items() if name not in failed} for one in answers], failed


def _combined(answers: Sequence[Estimate]) -> Estimate:
    return answers[0] if len(answers) == 1 else combine_replicates(answers)


def _together(found: Mapping[str, Estimate | KuagerError], versions: int) -> Estimate | None:
    """Combine the answers without strata; equal versions were estimated once."""
    answers = [found[key] for at in range(versions) if (key := _key(at, _TOGETHER)) in found]
    usable = [answer for answer in answers if isinstance(answer, Estimate)]
    return _combined(usable) if usable and len(usable) == len(answers) else None


def _sentences(
    total: Estimate | None,
    together: Estimate | None,
    pooled: Mapping[str, tuple[str, ...]],
    tables: Sequence[Mapping[str, PartialHistories]],
) -> tuple[str, ...]:
    found: list[str] = []
    if total is not None and together is not None:
        found.append(_compared(total, together))
    for name, parts in pooled.items():
        found.append(
            Sentence(
                "The stratum {name} puts together {parts}; people in it may differ in how they are found.",
                name=name,
                parts=", ".join(parts),
            )
        )
    unknown = [name for name in tables[0] if UNKNOWN in name.split(" / ")]
    if unknown:
        found.append(
            Sentence(
                "For {n} persons the stratum is not known; they are taken as a stratum of their "
                "own; imputation (--impute) spreads them over the others.",
                n=people(sum(tables[0][name].observed for name in unknown)),
            )
        )
    return tuple(found)


def _compared(total: Estimate, together: Estimate) -> Sentence:
    values = {"total": people(total.estimate), "together": people(together.estimate)}
    low, high = together.interval
    values |= {"low": people(low), "high": people(high)}
    if low <= total.estimate <= high:
        return Sentence(
            "Without strata the answer would be {together} ({low} to {high}); with them it is {total}, no "
            "more different than chance allows.",
            **values,
        )
    return Sentence(
        "Without strata the answer would be {together} ({low} to {high}); with them it is {total}: people of "
        "different strata are found differently, so trust the strata.",
        **values,
    )


def _without_number(observed: int, reason: str) -> dict[str, object]:
    return {
        "observed": observed,
        "estimate": None,
        "interval": None,
        "publishable": False,
        "reasons": [str(reason)],
    }
