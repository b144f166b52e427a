"""What share of the people harmed has complained, and what would have to be true for it to be that.

A share like "ten percent complained" has three doubts in it: chance, whether complaining and being on the
register go together, and what the register itself is made of. The first two are shown as numbers, the
third is said in words.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from scipy.special import betaincinv

from kuager.core.errors import BadInputError, RefusedError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.sensitivity.dependence import (
    DEFAULT_RANGE,
    DependenceRange,
    odds_ratio_range,
)
from kuager.engines.estimation.sentences import Sentence, people

if TYPE_CHECKING:
    import polars as pl

COMPLAINTS, REGISTER = "complaints", "register"

CAVEATS = (
    Sentence(
        "People who complain are likelier to become known, so the register probably has too many of them: "
        "the true share is then lower."
    ),
    Sentence(
        "Where complaining is dangerous, the register may know just those who kept away from the police: "
        "the true share is then higher."
    ),
    Sentence("The register must not be built from the complaints; such entries have to be taken out first."),
    Sentence("A person counts once, however many complaints there are; every match must be right."),
    Sentence("Nobody is in these numbers whom neither complaints nor a register could ever reach."),
)


@dataclass(frozen=True, kw_only=True)
class ReportedShare:
    """The share of people harmed who have complained.

    Parameters
    ----------
    complaints, register, both : int
        Persons who complained, persons on the register, and persons who are both.
    share : float
        Of the people on the register, those who complained, 0..1.
    interval : tuple of float
        For that share, from chance alone (Clopper-Pearson: never narrower than it says).
    level : float
        Probability of the intervals.
    everybody : DependenceRange or None
        Persons in all, on either or neither, over a range of dependence; None if nobody is on both.

    """

    complaints: int
    register: int
    both: int
    share: float
    interval: tuple[float, float]
    level: float
    everybody: DependenceRange | None

    @classmethod
    def from_histories(
        cls,
        histories: CaptureHistories,
        *,
        complaints: str,
        level: float = 0.95,
        odds_ratio: tuple[float, float] = DEFAULT_RANGE,
        seed: int = 1,
    ) -> Self:
        """Take one list as the complaints and all others together as the register.

        Raises
        ------
        BadInputError
            There is no such list, or no other.

        """
        if complaints not in histories.lists:
            raise BadInputError(
                f"there is no list {complaints!r}; the lists are {', '.join(histories.lists)}"
            )
        others = [place for place, name in enumerate(histories.lists) if name != complaints]
        complained = histories.patterns[:, histories.lists.index(complaints)] == 1
        known = histories.patterns[:, others].any(axis=1)
        found = reported_share(
            complaints=int(histories.counts[complained].sum()),
            register=int(histories.counts[known].sum()),
            both=int(histories.counts[complained & known].sum()),
            level=level,
            odds_ratio=odds_ratio,
            seed=seed,
        )
        return cls(**vars(found))

    @property
    def shares(self) -> tuple[tuple[float, float], ...]:
        """Share of everybody at each odds ratio: pairs of odds ratio and share; empty without overlap."""
        points = self.everybody.points if self.everybody else ()
        return tuple((point.odds_ratio, self.complaints / point.estimate) for point in points)

    @property
    def range(self) -> tuple[float, float] | None:
        """Smallest and largest share of everybody over the range of dependence, without chance."""
        values = [share for _, share in self.shares]
        return (min(values), max(values)) if values else None

    @property
    def range_with_chance(self) -> tuple[float, float] | None:
        """The same with chance: from the lowest to the highest end of all the intervals."""
        if self.everybody is None or self.everybody.interval is None:
            return None
        fewest, most = self.everybody.interval
        return self.complaints / most, self.complaints / fewest

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Say the share, its chance, and its dependence in words."""
        low, high = self.interval
        said = [
            Sentence(
                "Of {register} people on the register {both} complained: {share} "
                "({low} to {high}, as far as chance goes).",
                register=people(self.register),
                both=people(self.both),
                share=percent(self.share),
                low=percent(low),
                high=percent(high),
            )
        ]
        if self.everybody is None or self.range is None or self.range_with_chance is None:
            said.append(
                Sentence("Nobody on the register complained, so nothing follows for people not on it.")
            )
            return tuple(said)
        said.append(
            Sentence(
                "Of everybody, on the register or not, it would be {low} to {high} if complaining made being "
                "on the register between {least} and {most} times as likely (in odds); with chance, "
                "{least_share} to {most_share}.",
                low=percent(self.range[0]),
                high=percent(self.range[1]),
                least=f"{self.everybody.points[0].odds_ratio:g}",
                most=f"{self.everybody.points[-1].odds_ratio:g}",
                least_share=percent(self.range_with_chance[0]),
                most_share=percent(self.range_with_chance[1]),
            )
        )
        return tuple(said)

    @property
    def caveats(self) -> tuple[Sentence, ...]:
        """Say what must be true for the share to mean anything."""
        return CAVEATS

    def to_json(self) -> dict[str, object]:
        """Answer as the command prints it; shares 0..1."""
        return {
            "complaints": self.complaints,
            "register": self.register,
            "both": self.both,
            "level": self.level,
            "share": self.share,
            "interval": list(self.interval),
            "range": list(self.range) if self.range else None,
            "range_with_chance": list(self.range_with_chance) if self.range_with_chance else None,
            "by_odds_ratio": [{"odds_ratio": ratio, "share": share} for ratio, share in self.shares],
            "everybody": self.everybody.to_json() if self.everybody else None,
            "sentences": [str(sentence) for sentence in self.sentences],
            "caveats": [str(sentence) for sentence in self.caveats],
        }

    def to_dataframe(self) -> "pl.DataFrame":
        """Give one row for the register, and one for everybody at each odds ratio.

        Columns: ``of`` (register or everybody), ``odds_ratio``, ``share``, ``low``, ``high`` (0..1).
        """
        import polars as pl

        low, high = self.interval
        rows: list[tuple[str, float | None, float, float, float]] = [(REGISTER, None, self.share, low, high)]
        rows += [
            (
                "everybody",
                point.odds_ratio,
                self.complaints / point.estimate,
                self.complaints / point.interval[1],
                self.complaints / point.interval[0],
            )
            for point in (self.everybody.points if self.everybody else ())
        ]
        types = {"of": pl.String, **dict.fromkeys(("odds_ratio", "share", "low", "high"), pl.Float64)}
        return pl.DataFrame(rows, schema=types, orient="row")


def reported_share(
    *,
    complaints: int,
    register: int,
    both: int,
    level: float = 0.95,
    odds_ratio: tuple[float, float] = DEFAULT_RANGE,
    seed: int = 1,
) -> ReportedShare:
    """Estimate what share of the people harmed has complained.

    Parameters
    ----------
    complaints : int
        Persons who complained, each counted once.
    register : int
        Persons known by other means, at least one.
    both : int
        Persons on the register who complained.
    level : float
        Probability of the intervals, between 0.5 and 0.999.
    odds_ratio : tuple of float
        How many times the odds of being on the register may be, for those who complained against those who
        did not; the range holds 1. At 1 the share of everybody is that of the register.
    seed : int
        Of the draws behind the intervals of everybody.

    Raises
    ------
    BadInputError
        The counts cannot occur together, or the register is empty.

    References
    ----------
    Clopper & Pearson (1934), The use of confidence or fiducial limits illustrated in the case of the
    binomial, Biometrika 26, 404-413; for everybody see ``odds_ratio_range``.

    """
    asked = Request(level=level, seed=seed)
    if register < 1:
        raise BadInputError("the register is empty; the share needs people known by other means")
    if not 0 <= both <= min(complaints, register):
        raise BadInputError(
            f"{both} people cannot both be among {complaints} who complained and {register} on the register"
        )
    histories = CaptureHistories.from_counts(
        (COMPLAINTS, REGISTER), [(1, 1), (1, 0), (0, 1)], [both, complaints - both, register - both]
    )
    return ReportedShare(
        complaints=complaints,
        register=register,
        both=both,
        share=both / register,
        interval=exact_interval(both, register, level),
        level=level,
        everybody=_everybody(histories, odds_ratio, asked),
    )


def exact_interval(successes: int, trials: int, level: float) -> tuple[float, float]:
    """Give the Clopper-Pearson interval of a share, 0..1: it holds the truth at least as often as it says.

    Parameters
    ----------
    successes, trials : int
        0 <= ``successes`` <= ``trials``, at least one trial.
    level : float
        Probability of the interval, 0..1.

    """
    tail = (1 - level) / 2
    low = betaincinv(successes, trials - successes + 1, tail) if successes else 0.0
    high = betaincinv(successes + 1, trials - successes, 1 - tail) if successes < trials else 1.0
    return float(low), float(high)


def _everybody(
    histories: CaptureHistories, odds_ratio: tuple[float, float], request: Request
) -> DependenceRange | None:
    try:
        return odds_ratio_range(histories, odds_ratio=odds_ratio, request=request)
    except RefusedError:
        return None


def percent(share: float) -> str:
    """Write a share as a reader expects it.

    >>> percent(0.0871), percent(0.31), percent(0.004)
    ('8.7 %', '31 %', '0.4 %')
    """
    return f"{share * 100:.0f} %" if share >= 0.0995 else f"{share * 100:.1f} %"
