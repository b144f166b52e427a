"""Asking for many rows by identifier without thousands of parameters in the statement."""

from collections.abc import Sequence

from django.db.models.expressions import RawSQL

FEW = 50


def among(ids: Sequence[int]) -> Sequence[int] | RawSQL:
    """Return what to put behind ``__in``: the identifiers themselves, or a table of them when they are many.

    Django prepares every parameter on its own; 5,000 of them take longer than the query. Whole numbers cannot
    carry anything but themselves into a statement.
    """
    if len(ids) <= FEW:
        return ids
    return RawSQL("VALUES " + ",".join([f"({int(number)})" for number in ids]), ())  # noqa: S611  # numbers only
