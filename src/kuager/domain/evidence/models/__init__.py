"""Tables of evidence: what is kept, who touched it, what was seen in it; never its bytes, names or texts."""

from kuager.domain.evidence.models.copies import Appearance, ItemRelation
from kuager.domain.evidence.models.fixity import FixityFault, FixityRun
from kuager.domain.evidence.models.items import Acquisition, CustodyEvent, DigitalItem, ItemReader
from kuager.domain.evidence.models.looking import Mark, Transcript, Verification
from kuager.domain.evidence.models.ordering import CopyOrder

__all__ = [
    "Acquisition",
    "Appearance",
    "CopyOrder",
    "CustodyEvent",
    "DigitalItem",
    "FixityFault",
    "FixityRun",
    "ItemReader",
    "ItemRelation",
    "Mark",
    "Transcript",
    "Verification",
]
