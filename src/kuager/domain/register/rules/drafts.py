"""What somebody wants to assert about a person, before it is stored."""

from dataclasses import dataclass
from datetime import date

from kuager.core.dates import UNKNOWN, UncertainDate
from kuager.core.errors import BadInputError
from kuager.domain.register.terms import AXIS_STATUSES, STATUS_AXIS, Axis, Status, Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class AssertionDraft:
    """That a person had a status from some day on, as one source says.

    Parameters
    ----------
    since
        When it began; unknown means "at the latest on the day it was told".
    until
        When it ended, if the source says so; the status no longer counts from its latest day on.
    told_on
        The day on which the source said it.
    """

    status: Status
    told_on: date
    since: UncertainDate = UNKNOWN
    until: UncertainDate = UNKNOWN
    place_id: int | None = None
    place_text: str = ""
    facility_id: int | None = None
    authority: str = ""
    verification: Verification = Verification.REPORTED

    @property
    def axis(self) -> Axis:
        """Return the question the status answers."""
        return STATUS_AXIS[self.status]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAssertion:
    """A draft with its record and citation, ready for the bulk path."""

    record_id: int
    citation_id: int
    draft: AssertionDraft


def check_assertion(draft: AssertionDraft) -> None:
    """Refuse a status on no axis, and days that cannot be."""
    if draft.status not in STATUS_AXIS:
        expected = ", ".join(status for statuses in AXIS_STATUSES.values() for status in statuses)
        raise BadInputError(f"cannot assert the status {draft.status!r}; expected one of {expected}")
    started = began_by(draft)
    if draft.until.latest is not None and draft.until.latest <= started:
        raise BadInputError(
            f"the status ends {draft.until}, before it begins {started}; correct one of the two"
        )


def began_by(draft: AssertionDraft) -> date:
    """Return the day from which the status counts: the latest on which it can have begun.

    What is told on a day began on that day at the latest.
    """
    return draft.since.bounded_by(draft.told_on).latest or draft.told_on
