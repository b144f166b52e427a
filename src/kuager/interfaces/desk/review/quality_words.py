"""How good links are, in words: what was measured, what is only expected, and when nobody measured."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext

from kuager.domain.lists.queries import quality

if TYPE_CHECKING:
    from kuager.domain.lists.models import CasualtyList, LinkRun
    from kuager.domain.lists.queries.answers_left import AnswersLeft
    from kuager.domain.lists.queries.quality import ExpectedAt, MeasuredLinks
    from kuager.engines.linkage.reviewing import Agreement
    from kuager.engines.linkage.reviewing.measuring import Measured


@dataclass(frozen=True, kw_only=True)
class ShownFigure:
    """One line of a quality box: what it is, its value, its interval, and what it means."""

    word: str
    value: str
    interval: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class ShownQuality:
    """What a quality box shows of a run. ``figures`` are empty where nobody has measured."""

    run: "LinkRun"
    measured: "MeasuredLinks | None"
    figures: list[ShownFigure]
    basis: str
    expected: str


def shown_quality(run: "LinkRun", *, threshold: float = quality.DEFAULT_THRESHOLD) -> ShownQuality:
    """Put the quality of a run in words; ``threshold`` (0..1) is where the expected links begin."""
    return _shown(run, quality.measured_links(run), quality.expected_links(run, threshold=threshold))


def shown_list_quality(casualty_list: "CasualtyList") -> ShownQuality | None:
    """Put the newest measurement of the runs over a list in words; None where it was never linked."""
    newest, measured = quality.list_quality(casualty_list)
    if newest is None:
        return None
    run = measured.review.run if measured is not None else newest
    shown = _shown(run, measured, quality.expected_links(run))
    if run == newest:
        return shown
    return replace(shown, basis=shown.basis + " " + gettext("Newer runs over this list are not measured."))


def _shown(run: "LinkRun", measured: "MeasuredLinks | None", expected: "ExpectedAt") -> ShownQuality:
    return ShownQuality(
        run=run,
        measured=measured,
        figures=measured_figures(measured),
        basis=basis_words(measured),
        expected=expected_words(expected),
    )


def measured_figures(found: "MeasuredLinks | None") -> list[ShownFigure]:
    """Return precision, recall and kappa, each with its 95 % interval."""
    if found is None or found.measured is None:
        return []
    figures = [
        _share(
            gettext("Precision"),
            found.measured.precision,
            gettext("of the links are right: both records are one person"),
        ),
        _share(
            gettext("Recall"),
            found.measured.recall,
            gettext("of the pairs that are one person are linked"),
        ),
    ]
    return figures if found.agreement is None else [*figures, kappa_figure(found.agreement)]


def kappa_figure(found: "Agreement") -> ShownFigure:
    """Return Cohen's kappa; where it does not exist, the share of equal answers says all there is."""
    same = sum(found.counts[place][place] for place in range(len(found.counts)))
    equal = gettext("of %(number)d pairs the two said the same of %(same)d") % {
        "number": found.number,
        "same": same,
    }
    if found.kappa is None or found.interval is None:
        return ShownFigure(
            word=gettext("Agreement (kappa)"),
            value=gettext("cannot be computed"),
            interval="",
            meaning=gettext("every answer was the same; %(equal)s") % {"equal": equal},
        )
    return ShownFigure(
        word=gettext("Agreement (kappa)"),
        value=f"{found.kappa:.2f}",
        interval=_between(f"{found.interval[0]:.2f}", f"{found.interval[1]:.2f}"),
        meaning=gettext("%(equal)s; 1 is full agreement, 0 no more than chance") % {"equal": equal},
    )


def basis_words(found: "MeasuredLinks | None") -> str:
    """Say on how many answers the figures rest, or plainly that nobody has measured."""
    if found is None:
        return gettext("Not measured: nobody has reviewed a sample of these links blindly.")
    words = ngettext(
        "%(reviewed)d of %(sampled)d sampled pairs was judged by two people who did not see each other's "
        "answer.",
        "%(reviewed)d of %(sampled)d sampled pairs were judged by two people who did not see each other's "
        "answers.",
        found.reviewed,
    ) % {"reviewed": found.reviewed, "sampled": found.sampled}
    if found.differing:
        words += " " + ngettext(
            "On %(count)d of them the two differ, and a third person has to decide.",
            "On %(count)d of them the two differ, and a third person has to decide.",
            found.differing,
        ) % {"count": found.differing}
    return words if found.is_complete else words + " " + gettext("These figures are provisional.")


def expected_words(found: "ExpectedAt") -> str:
    """Say what the probabilities lead to expect, which is no measurement."""
    return gettext(
        "Expected from the probabilities alone, with links from %(threshold)s on: of %(links)d links about "
        "%(false)s are wrong (precision %(precision)s), and about %(missed)s are missed (recall %(recall)s)."
    ) % {
        "threshold": share_words(found.threshold, digits=0),
        "links": found.links,
        "false": number_words(found.false),
        "missed": number_words(found.missed),
        "precision": share_words(found.precision),
        "recall": share_words(found.recall),
    }


def answers_left_words(found: "AnswersLeft") -> str:
    """Say how many answers are left until the links are precise enough to be useful."""
    if found.is_useful:
        return gettext(
            "No more than 2 % of the links are expected to be wrong or missed: further answers still help, "
            "but counts no longer hang on them."
        )
    return ngettext(
        "About %(count)d more answer until no more than 2 %% of the links are expected to be wrong or "
        "missed.",
        "About %(count)d more answers until no more than 2 %% of the links are expected to be wrong or "
        "missed.",
        found.number,
    ) % {"count": found.number}


def share_words(value: float, *, digits: int = 1) -> str:
    """Show a share 0..1 in per cent; what is not all is never rounded to all."""
    text = f"{100 * value:.{digits}f}"
    if value < 1 and float(text) == 100:
        text = f"{100 - 10.0**-digits:.{digits}f}"
    return f"{text}\N{NO-BREAK SPACE}%"


def number_words(value: float) -> str:
    """Show an expected number of links: with one decimal while it is small."""
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def _share(word: str, measured: "Measured", meaning: str) -> ShownFigure:
    return ShownFigure(
        word=word,
        value=share_words(measured.value),
        interval=_between(share_words(measured.low), share_words(measured.high)),
        meaning=meaning,
    )


def _between(low: str, high: str) -> str:
    return gettext("95 %% interval %(low)s to %(high)s") % {"low": low, "high": high}
