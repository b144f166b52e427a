"""What somebody wants to record about a person, before it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kuager.core.ages import HIGHEST_AGE, are_compatible, birth_range
from kuager.core.dates import UNKNOWN, UncertainDate, from_day
from kuager.core.errors import BadInputError
from kuager.domain.people.terms import NameKind, Sex
from kuager.engines.names import parse_name, search_keys

# Lists often count the year begun as lived.
AGE_SLACK_YEARS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherName:
    """Another name the same source gives: an alias, or the same name in another script."""

    name: str
    kind: NameKind = NameKind.ALIAS


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDraft:
    """What one source says about one person, as it says it.

    Parameters
    ----------
    name
        The whole name as written. Empty given, family and patronymic are read from it.
    birth, age_min, age_max
        What the source says, each on its own; they are held together when the record is stored.
    home_place_id, home_text
        Where the person lived: the place if it is known, and the words of the source.
    """

    name: str
    given: str = ""
    family: str = ""
    patronymic: str = ""
    other_names: tuple[OtherName, ...] = ()
    sex: Sex = Sex.UNKNOWN
    birth: UncertainDate = UNKNOWN
    age_min: int | None = None
    age_max: int | None = None
    home_place_id: int | None = None
    home_text: str = ""
    occupation: str = ""
    category: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    """A draft with its citation, ready for the bulk path."""

    draft: RecordDraft
    citation_id: int
    told_on: date
    consent_id: int | None = None


@dataclass(frozen=True, slots=True)
class PreparedName:
    """A name taken apart, with the keys under which it is found."""

    name: str
    script: str
    given: str
    family: str
    patronymic: str
    keys: tuple[tuple[str, str], ...]


def check_draft(draft: RecordDraft, told_on: date) -> None:
    """Refuse a record without a name, or whose age and birth date cannot both be true."""
    if not draft.name.strip():
        raise BadInputError(
            "expected a name; a person nobody can name is recorded as 'unknown man' or the like"
        )
    if len(draft.name) > 300:
        raise BadInputError("the name is longer than 300 characters; put the rest into the note")
    ages = [age for age in (draft.age_min, draft.age_max) if age is not None]
    if any(not 0 <= age <= HIGHEST_AGE for age in ages) or ages != sorted(ages):
        raise BadInputError(f"expected an age from 0 to {HIGHEST_AGE}, the lower one first")
    if not are_compatible(
        draft.age_min, draft.age_max, draft.birth, from_day(told_on), slack_years=AGE_SLACK_YEARS
    ):
        raise BadInputError(
            f"the birth date {draft.birth} and the age do not fit together on {told_on}; correct one of the "
            "two, or leave the doubtful one out and put it into the note"
        )


def birth_bounds(draft: RecordDraft, told_on: date) -> tuple[date | None, date | None]:
    """Return the earliest and latest day of birth that birth date and age together allow."""
    earliest, latest = draft.birth.earliest, draft.birth.latest
    if draft.age_min is None and draft.age_max is None:
        return earliest, latest
    by_age = birth_range(draft.age_min, draft.age_max, from_day(told_on))
    lowest = max((day for day in (earliest, by_age.earliest) if day), default=None)
    highest = min((day for day in (latest, by_age.latest) if day), default=None)
    if lowest is not None and highest is not None and lowest > highest:
        # Within the slack of a year: the birth date is the better witness.
        return earliest, latest
    return lowest, highest


def prepare_name(draft: RecordDraft) -> PreparedName:
    """Take the name apart and make its search keys, those of the other names included."""
    parsed = parse_name(draft.name)
    return PreparedName(
        " ".join(draft.name.split()),
        parsed.script.value,
        (draft.given or parsed.given)[:120],
        (draft.family or parsed.family)[:120],
        (draft.patronymic or parsed.patronymic)[:120],
        make_keys(draft.name, [other.name for other in draft.other_names]),
    )


def make_keys(name: str, other_names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return the search keys of a name, each with its part, and those of the other names."""
    keys = {(key.key[:60], str(key.role)) for key in search_keys(name)}
    for other in other_names:
        keys.update((key.key[:60], "other") for key in search_keys(other))
    return tuple(sorted(keys))
