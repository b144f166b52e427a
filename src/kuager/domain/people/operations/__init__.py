"""Writing about people: records, and judgements on who is who.

Every function here that changes who belongs together returns the persons the register has to derive again;
pages and commands call the register's operations, which do both.
"""

from kuager.domain.people.operations.bulk import insert_rows, refresh_statistics, reserve_ids
from kuager.domain.people.operations.judgements import (
    JudgementOutcome,
    judge,
    judge_many,
    undo_judgement,
    undo_judgements,
)
from kuager.domain.people.operations.keys import rewrite_keys
from kuager.domain.people.operations.records import (
    AddedRecord,
    add_record,
    add_records,
    restore_records,
    withdraw_records,
)

__all__ = [
    "AddedRecord",
    "JudgementOutcome",
    "add_record",
    "add_records",
    "insert_rows",
    "judge",
    "judge_many",
    "refresh_statistics",
    "reserve_ids",
    "restore_records",
    "rewrite_keys",
    "undo_judgement",
    "undo_judgements",
    "withdraw_records",
]
