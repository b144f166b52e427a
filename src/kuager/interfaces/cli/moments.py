"""Days and moments as people type them on the command line."""

from datetime import date, datetime, time

from django.utils import timezone

from kuager.core.errors import BadInputError


def read_day(text: str, option: str) -> date:
    """Read a day such as 2022-01-20."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInputError(f"{option}: expected a day such as 2022-01-20, got {text!r}") from None


def read_moment(text: str, option: str) -> datetime:
    """Read a moment; without a zone it is the organisation's time, without a time the end of the day."""
    try:
        if len(text.strip()) == 10:
            moment = datetime.combine(date.fromisoformat(text.strip()), time.max)
        else:
            moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadInputError(
            f"{option}: expected a moment such as 2022-01-23, 2022-01-23T18:00 or 2022-01-23T18:00+06:00, "
            f"got {text!r}"
        ) from None
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
