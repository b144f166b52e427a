"""Identifiers, each a type of its own so that one is never passed for another."""

from typing import NewType

RecordId = NewType("RecordId", int)
PersonId = NewType("PersonId", int)
PlaceId = NewType("PlaceId", int)
ListId = NewType("ListId", int)
EditionId = NewType("EditionId", int)
AssertionId = NewType("AssertionId", int)
JudgementId = NewType("JudgementId", int)
SnapshotId = NewType("SnapshotId", int)
