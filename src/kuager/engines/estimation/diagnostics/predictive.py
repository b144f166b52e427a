"""Whether people as the model makes them would stand on the lists as the real ones do.

For every draw of the model as many people are made anew as were seen, and every overlap of theirs is held
against the real one. Lists, pairs and numbers of lists are binomial given a draw, so their probabilities are
computed, not simulated; only the two checks of the whole table need simulated ones.

Failure model: passing says that the model describes those seen. Whether it describes those on no list cannot
be checked by any data on those seen.

References
----------
Gelman, Meng & Stern (1996), Posterior predictive assessment of model fitness via realized discrepancies,
Statistica Sinica 6, 733-807. Freeman & Tukey (1950), Transformations related to the angular and the square
root, Ann. Math. Statist. 21, 607-611, for the discrepancy and the residual.

"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc

from kuager.core.errors import BadInputError
from kuager.engines.estimation.diagnostics.cells import ROUNDING, ExpectedCells, Margins
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.sentences import Sentence, people

Kind: TypeAlias = Literal["list", "pair", "number", "table", "cell"]

# Draws used: the probability of a check is then known to one in a hundred or better.
MOST_DRAWS = 1000
# Simulated tables; draws are used again where there are fewer, as for a model fitted once.
FEWEST_TABLES = 1000
# Shared among the checks of a kind (Bonferroni), so that twenty lists do not fail by their number.
SURPRISING = 0.05
# Cochran (1954), Some methods for strengthening the common chi-squared tests, Biometrics 10, 417-451.
LEAST_EXPECTED = 5
MOST_SENTENCES = 6
NO_PROOF = Sentence(
    "A good fit does not show that the number of people on no list is right; "
    "other models fit as well and give other numbers."
)


@dataclass(frozen=True, kw_only=True)
class Check:
    """One count of the lists against what the model makes of it.

    Parameters
    ----------
    kind : str
        ``list`` (people on a list), ``pair`` (on both of two), ``number`` (on exactly so many lists),
        ``table`` (distance of the whole table from the model), ``cell`` (largest residual of a combination).
    of : tuple of str
        The lists, or the number of lists.
    observed, expected : float
        Persons; for ``table`` and ``cell`` the discrepancy of the real table and the mean of simulated ones.
    p : float
        Two-sided: twice the smaller of the probabilities that the model makes at most, and at least, as many.
    is_surprising : bool
        Beyond chance, counting how many checks of the kind there are.

    """

    kind: Kind
    of: tuple[str, ...]
    observed: float
    expected: float
    p: float
    is_surprising: bool

    def to_json(self) -> dict[str, object]:
        """Write as JSON."""
        return {
            "kind": self.kind,
            "of": list(self.of),
            "observed": round(self.observed, 6),
            "expected": round(self.expected, 6),
            "p": round(self.p, 6),
            "surprising": self.is_surprising,
        }


@dataclass(frozen=True, kw_only=True)
class PredictiveChecks:
    """All checks of a model, and what they say in words.

    Parameters
    ----------
    checks : tuple of Check
        Tables first, then lists, pairs and numbers.
    n_draws : int
        Draws of the model used.

    """

    checks: tuple[Check, ...]
    n_draws: int

    @property
    def surprising(self) -> tuple[Check, ...]:
        """Checks that fail, the worst first."""
        return tuple(sorted((one for one in self.checks if one.is_surprising), key=lambda one: one.p))

    @property
    def smallest_p(self) -> float:
        """Smallest probability of all checks, multiplied by the number of checks; at most 1."""
        return min(1.0, min(one.p for one in self.checks) * len(self.checks))

    @property
    def fit_p(self) -> float:
        """Give the probability of the table as a whole; 1 where it fits better than chance makes it fit."""
        whole = next(one for one in self.checks if one.kind == "table")
        return whole.p if whole.observed > whole.expected else 1.0

    @property
    def faults(self) -> tuple[Sentence, ...]:
        """What the model gets wrong, the worst first, at most six sentences."""
        return tuple(_in_words(one) for one in self.surprising[:MOST_SENTENCES])

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """What the model gets wrong, and that a good fit proves nothing."""
        return (
            *(self.faults or [Sentence("Every overlap of the lists is as the model makes it.")]),
            NO_PROOF,
        )

    def to_json(self) -> dict[str, object]:
        """Write as JSON."""
        return {
            "draws": self.n_draws,
            "smallest_p": round(self.smallest_p, 6),
            "checks": [one.to_json() for one in self.checks],
            "sentences": [str(one) for one in self.sentences],
        }


def predictive_checks(
    histories: CaptureHistories, cells: ExpectedCells, *, seed: int = 1
) -> PredictiveChecks:
    """Hold every overlap against what the model makes of it.

    Parameters
    ----------
    histories : CaptureHistories
        The real lists.
    cells : ExpectedCells
        What the model says, draw by draw, with the lists in the same order.
    seed : int
        Of the simulated tables.

    Raises
    ------
    BadInputError
        Somebody has a combination of lists that the model does not mention.

    """
    if not histories.observed:
        raise BadInputError("the table counts nobody; there is nothing to hold a model against")
    counts = _placed(histories, cells)
    chosen = np.unique(np.linspace(0, len(cells.probabilities) - 1, MOST_DRAWS).astype(int))
    checks = list(_of_table(histories, counts, cells, chosen, seed=seed))
    margins = cells.known_margins()
    if margins is not None:
        checks += _of_margins(histories, margins, chosen)
    return PredictiveChecks(checks=tuple(checks), n_draws=len(chosen))


def _placed(histories: CaptureHistories, cells: ExpectedCells) -> NDArray[np.int64]:
    """Count persons by the combinations of the model, and nobody in the cell of all others."""
    place = {pattern.tobytes(): at for at, pattern in enumerate(cells.patterns.astype(np.int8))}
    counts = np.zeros(len(cells.patterns) + 1, dtype=np.int64)
    for pattern, count in zip(histories.patterns, histories.counts, strict=True):
        at = place.get(pattern.astype(np.int8).tobytes())
        if at is None:
            raise BadInputError("people have a combination of lists that the model says nothing of")
        counts[at] = count
    return counts


def _of_table(
    histories: CaptureHistories,
    counts: NDArray[np.int64],
    cells: ExpectedCells,
    chosen: NDArray[np.int64],
    *,
    seed: int,
) -> Iterator[Check]:
    """Check the table as a whole: its distance from the model, and its worst cell."""
    kept, counts = _large_enough(histories, counts, cells)
    rows = np.resize(chosen, max(len(chosen), FEWEST_TABLES))
    chances = cells.probabilities[np.ix_(rows, kept)]
    chances = np.column_stack([chances, np.maximum(1 - chances.sum(axis=1), 0.0)])
    chances /= chances.sum(axis=1, keepdims=True)
    made = np.random.default_rng(seed).multinomial(histories.observed, chances)
    expected = histories.observed * chances
    for kind, discrepancy in (("table", _distance), ("cell", _largest)):
        real, simulated = discrepancy(counts[None], expected), discrepancy(made, expected)
        p = _two_sided(_share(simulated <= real), _share(simulated >= real))
        worse = bool(real.mean() > simulated.mean())
        yield Check(
            kind="table" if kind == "table" else "cell",
            of=() if kind == "table" else _worst_cell(histories, counts, expected, cells.patterns[kept]),
            observed=float(real.mean()),
            expected=float(simulated.mean()),
            p=p,
            is_surprising=worse and p < SURPRISING / 2,
        )


def _large_enough(
    histories: CaptureHistories, counts: NDArray[np.int64], cells: ExpectedCells
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Keep all combinations, or where only those that somebody has are known, the frequent ones.

    A rare combination is there because somebody happened to have it; held against the model alone it would
    always seem too frequent, and the cell of all others too empty. One that the model makes five times or
    more would hardly ever be missing, so that keeping it is no choice by the data.
    """
    if cells.rest.max() <= ROUNDING:
        kept = np.arange(len(cells.patterns))
    else:
        kept = np.flatnonzero(cells.probabilities.mean(axis=0) * histories.observed >= LEAST_EXPECTED)
    return kept, np.append(counts[kept], counts.sum() - counts[kept].sum())


def _distance(counts: NDArray[np.int64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(((np.sqrt(counts) - np.sqrt(expected)) ** 2).sum(axis=1))


def _residuals(counts: NDArray[np.int64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Freeman-Tukey residuals, about normal even where only a few persons are expected."""
    return np.asarray(np.sqrt(counts) + np.sqrt(counts + 1) - np.sqrt(4 * expected + 1))


def _largest(counts: NDArray[np.int64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.abs(_residuals(counts, expected)).max(axis=1))


def _worst_cell(
    histories: CaptureHistories,
    counts: NDArray[np.int64],
    expected: NDArray[np.float64],
    patterns: NDArray[np.int8],
) -> tuple[str, ...]:
    """Name the lists of the combination that the model misses most; none if it is one nobody has."""
    worst = int(np.abs(_residuals(counts[None], expected).mean(axis=0)).argmax())
    if worst == len(patterns):
        return ()
    return tuple(name for name, on in zip(histories.lists, patterns[worst], strict=True) if on)


def _of_margins(histories: CaptureHistories, margins: Margins, chosen: NDArray[np.int64]) -> Iterator[Check]:
    names, n_lists, n = histories.lists, len(histories.lists), histories.observed
    for place, (name, total) in enumerate(zip(names, histories.list_totals, strict=True)):
        yield _binomial("list", (name,), total, n, margins.lists[chosen, place], among=n_lists)
    together = histories.overlaps
    pairs = list(combinations(range(n_lists), 2))
    for i, j in pairs:
        both, chances = int(together[i, j]), margins.pairs[chosen, i, j]
        yield _binomial("pair", (names[i], names[j]), both, n, chances, among=len(pairs))
    for k in range(1, n_lists + 1):
        exactly, chances = histories.seen_on_exactly(k), margins.numbers[chosen, k - 1]
        yield _binomial("number", (str(k),), exactly, n, chances, among=n_lists)


def _binomial(
    kind: Kind, of: tuple[str, ...], count: int, n: int, chances: NDArray[np.float64], *, among: int
) -> Check:
    chances = np.clip(chances, 0.0, 1.0)
    at_most = float(bdtr(count, n, chances).mean())
    at_least = float(bdtrc(count - 1, n, chances).mean()) if count else 1.0
    p = _two_sided(at_most, at_least)
    return Check(
        kind=kind,
        of=of,
        observed=float(count),
        expected=float(n * chances.mean()),
        p=p,
        is_surprising=p < SURPRISING / among,
    )


def _share(true: NDArray[np.bool_]) -> float:
    """Share of simulated tables, the real one counted among them, so that it is never 0."""
    return float((true.sum() + 1) / (len(true) + 1))


def _two_sided(at_most: float, at_least: float) -> float:
    return min(1.0, 2 * min(at_most, at_least))


def _in_words(check: Check) -> Sentence:
    values = {"expected": people(check.expected), "observed": people(check.observed)}
    few = check.expected < check.observed
    match check.kind:
        case "pair":
            return _about_pair(few, {"first": check.of[0], "second": check.of[1]} | values)
        case "list":
            return _about_list(few, {"name": check.of[0]} | values)
        case "number":
            return _about_number(few, {"k": check.of[0]} | values)
        case "cell" if check.of:
            return Sentence(
                "The model is furthest off for those who are on exactly these lists: {names}.",
                names=", ".join(check.of),
            )
        case "cell":
            return Sentence("The model is furthest off for those who are on a rare combination of lists.")
    return Sentence("The model fits the combinations of lists worse than chance allows.")


def _about_pair(few: bool, values: dict[str, str]) -> Sentence:
    if few:
        return Sentence(
            "The model makes too few people stand on both {first} and {second}: {expected}, not {observed}.",
            **values,
        )
    return Sentence(
        "The model makes too many people stand on both {first} and {second}: {expected}, not {observed}.",
        **values,
    )


def _about_list(few: bool, values: dict[str, str]) -> Sentence:
    if few:
        return Sentence(
            "The model makes too few people stand on list {name}: {expected}, not {observed}.", **values
        )
    return Sentence(
        "The model makes too many people stand on list {name}: {expected}, not {observed}.", **values
    )


def _about_number(few: bool, values: dict[str, str]) -> Sentence:
    if few:
        return Sentence(
            "The model makes too few people whose lists number {k}: {expected}, not {observed}.", **values
        )
    return Sentence(
        "The model makes too many people whose lists number {k}: {expected}, not {observed}.", **values
    )
