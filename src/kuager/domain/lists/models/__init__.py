"""Tables of lists: the frozen rows other people published, and what linking and estimating made of them."""

from kuager.domain.lists.models.double_reviews import BlindAnswer, DoubleReview, SampledPair
from kuager.domain.lists.models.editions import CasualtyList, ListEdition, ListRow
from kuager.domain.lists.models.estimates import EstimateDraws, EstimateRun
from kuager.domain.lists.models.link_runs import CandidatePair, LinkAudit, LinkDraws, LinkRun, SkippedPair

__all__ = [
    "BlindAnswer",
    "CandidatePair",
    "CasualtyList",
    "DoubleReview",
    "EstimateDraws",
    "EstimateRun",
    "LinkAudit",
    "LinkDraws",
    "LinkRun",
    "ListEdition",
    "ListRow",
    "SampledPair",
    "SkippedPair",
]
