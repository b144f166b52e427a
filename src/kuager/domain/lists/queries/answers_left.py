"""How many answers a run still needs before its links are precise enough to be useful."""

from dataclasses import dataclass

from django.db.models import Count, F, Sum
from django.db.models.functions import Floor

from kuager.domain.lists.models import CandidatePair, LinkRun
from kuager.domain.lists.queries.overlapping import WAITING

# Of a hundred links, at most two expected to be wrong or missed: the least that counts of people bear.
USEFUL_ERROR = 0.02
_STEPS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersLeft:
    """How many of the most doubtful pairs have to be answered until at most 2 % of the links go wrong.

    ``expected_wrong`` is how many of the waiting pairs would now be taken wrongly, were each taken as its
    probability says; ``links`` how many true links the run expects. All as good as the probabilities are.
    """

    number: int
    expected_wrong: float
    links: float

    @property
    def is_useful(self) -> bool:
        """Whether nothing has to be answered first."""
        return self.number == 0


def answers_left(run: LinkRun) -> AnswersLeft:
    """Count the answers left; pairs are gathered in steps of half a per cent, so it is no more exact."""
    pairs = CandidatePair.objects.filter(run=run)
    links = float(pairs.aggregate(links=Sum("probability"))["links"] or 0.0)
    steps = (
        pairs.filter(state__in=WAITING)
        .annotate(step=Floor(F("probability") * _STEPS))
        .values_list("step")
        .annotate(count=Count("pk"), likely=Sum("probability"))
    )
    doubts = sorted(
        ((min(likely, count - likely) / count, count) for _, count, likely in steps), reverse=True
    )
    wrong = sum(doubt * count for doubt, count in doubts)
    left, number = wrong, 0
    for doubt, count in doubts:
        too_many = left - USEFUL_ERROR * links
        if too_many <= 0 or doubt <= 0:
            break
        taken = min(count, int(too_many / doubt) + 1)
        number += taken
        left -= taken * doubt
    return AnswersLeft(number=number, expected_wrong=wrong, links=links)
