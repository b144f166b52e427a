"""What may be recorded about people, and what follows from judgements."""

from kuager.domain.people.rules.clusters import PairVerdict, components, pair_verdict
from kuager.domain.people.rules.codes import new_codes, read_code
from kuager.domain.people.rules.drafts import (
    NewRecord,
    OtherName,
    PreparedName,
    RecordDraft,
    check_draft,
    make_keys,
    prepare_name,
)

__all__ = [
    "NewRecord",
    "OtherName",
    "PairVerdict",
    "PreparedName",
    "RecordDraft",
    "check_draft",
    "components",
    "make_keys",
    "new_codes",
    "pair_verdict",
    "prepare_name",
    "read_code",
]
