"""Keeping evidence, looking at it, finding out about it, giving it out: each act by somebody, on record.

Order of writing: the log of the vault first, durably; then the tables, in one transaction. After a crash
``adopt_items`` makes the rows that are missing, from what the log holds.

Rows are locked with ``no_key``: others may write rows that point to them meanwhile. PostgreSQL looks at
foreign keys at the end of a transaction, when the audit record is locked already; with a stronger lock two
would wait for each other for ever.
"""

from kuager.domain.evidence.operations.adopting import adopt_items
from kuager.domain.evidence.operations.appearing import add_appearance, withdraw_appearance
from kuager.domain.evidence.operations.checking import begin_fixity, step_fixity
from kuager.domain.evidence.operations.exporting import begin_export, export_items
from kuager.domain.evidence.operations.finding import CopyFinder
from kuager.domain.evidence.operations.keeping import keep_derived, keep_item, keep_upload
from kuager.domain.evidence.operations.knowing import (
    end_reading,
    grant_by_keyholder,
    grant_reading,
    open_item,
    restrict_item,
)
from kuager.domain.evidence.operations.looking import note_reading, note_view
from kuager.domain.evidence.operations.marking import add_mark, add_transcript, cite_mark, drop_mark
from kuager.domain.evidence.operations.ordering import check_again, draw_copy, make_ordered, order_copy
from kuager.domain.evidence.operations.reading import read_item
from kuager.domain.evidence.operations.relating import decide_relation, suggest_relation
from kuager.domain.evidence.operations.releasing import propose_release, recall_release, release_item
from kuager.domain.evidence.operations.verifying import (
    propose_verification,
    second_verification,
    withdraw_verification,
)

__all__ = [
    "CopyFinder",
    "add_appearance",
    "add_mark",
    "add_transcript",
    "adopt_items",
    "begin_export",
    "begin_fixity",
    "check_again",
    "cite_mark",
    "decide_relation",
    "draw_copy",
    "drop_mark",
    "end_reading",
    "export_items",
    "grant_by_keyholder",
    "grant_reading",
    "keep_derived",
    "keep_item",
    "keep_upload",
    "make_ordered",
    "note_reading",
    "note_view",
    "open_item",
    "order_copy",
    "propose_release",
    "propose_verification",
    "read_item",
    "recall_release",
    "release_item",
    "restrict_item",
    "second_verification",
    "step_fixity",
    "suggest_relation",
    "withdraw_appearance",
    "withdraw_verification",
]
