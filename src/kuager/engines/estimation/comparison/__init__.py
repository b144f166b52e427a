"""All methods that apply to a table, judged together, and in words where and why they disagree."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kuager.core.errors import BadInputError, KuagerError
from kuager.engines.estimation.comparison.disagreements import disagreements
from kuager.engines.estimation.comparison.pairs import PAIR_METHOD, estimate_pairs
from kuager.engines.estimation.comparison.sharing import checkpoint_of, progress_of
from kuager.engines.estimation.guard import TWO_LIST_METHODS, guard_together
from kuager.engines.estimation.headlines import headline, recommended
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.methods import METHODS, tried
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What several methods say about the same table.

    Parameters
    ----------
    n_lists, observed : int
        Lists compared, and persons on at least one of them.
    estimates : tuple of Estimate
        One for each method that applies; two-list methods for pairs of lists.
    not_run : mapping
        Method to the reason why it gave no answer.
    sentences : tuple of str
        Where the answers disagree and what that means.

    """

    n_lists: int
    observed: int
    estimates: tuple[Estimate, ...]
    not_run: Mapping[str, str]
    sentences: tuple[str, ...]

    @property
    def headline(self) -> Sentence:
        """What a journalist can quote."""
        return headline(recommended(self), observed=self.observed)

    def to_json(self) -> dict[str, object]:
        """Answer as the command prints it."""
        first = recommended(self)
        return {
            "headline": str(self.headline),
            "recommended": first.method if first else None,
            "methods": [answer.to_json() for answer in self.estimates],
            "not_run": {name: str(reason) for name, reason in self.not_run.items()},
            "comparison": [str(sentence) for sentence in self.sentences],
        }


def compare(
    histories: CaptureHistories,
    *,
    request: Request | None = None,
    derived: Mapping[str, str] | None = None,
    cannot_contain: Mapping[str, str] | None = None,
) -> Comparison:
    """Run every method that applies, one after the other, and judge the answers together.

    Parameters
    ----------
    histories : CaptureHistories
        Who is on which lists.
    request : Request, optional
        Settings for all; the progress told is that of all methods together.
    derived : mapping, optional
        Lists built from another list: name of the copy to name of its origin.
    cannot_contain : mapping, optional
        Lists on which some people can never be: name of the list to those people, in words.

    Returns
    -------
    Comparison
        A method that cannot answer says why in ``not_run``.

    Raises
    ------
    BadInputError
        Nobody is on any list, or what was declared names a list that is not there.

    """
    if not histories.observed:
        raise BadInputError("the table counts nobody; at least one person must be on a list")
    asked = request or Request()
    answers: list[Estimate] = []
    not_run: dict[str, str] = {}
    for place, method in enumerate(METHODS):
        own = replace(
            asked,
            progress=progress_of(asked.progress, method, place=place, among=len(METHODS)),
            checkpoint=checkpoint_of(asked.checkpoint, method),
        )
        own.progress("", 0.0)
        try:
            answers.extend(_answers(histories, method, own))
        except KuagerError as error:
            not_run[method] = str(error)
    asked.progress("", 1.0)
    judged = guard_together(histories, tuple(answers), derived=derived, cannot_contain=cannot_contain)
    return Comparison(
        n_lists=len(histories.lists),
        observed=histories.observed,
        estimates=judged,
        not_run=not_run,
        sentences=tuple(disagreements(histories, judged)),
    )


def _answers(histories: CaptureHistories, method: str, request: Request) -> Iterator[Estimate]:
    """Give the answers of one method: one, but one for each pair where it takes two of more lists."""
    if method not in TWO_LIST_METHODS or len(histories.lists) <= 2:
        yield tried(histories, method, request)
    elif method == PAIR_METHOD:
        yield from estimate_pairs(histories, request)
