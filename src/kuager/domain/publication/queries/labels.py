"""The words that a snapshot's codes stand for, in the reader's language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext

from kuager.domain.publication.definitions import age_group_label, publisher_label, sex_label, status_label
from kuager.domain.publication.models import Snapshot
from kuager.domain.register.terms import Status

# Worst first: the order of the cards and of the filter.
STATUS_ORDER: tuple[str, ...] = (
    Status.DEAD.value,
    Status.MISSING.value,
    Status.DETAINED.value,
    Status.REMANDED.value,
    Status.HOUSE_ARREST.value,
    Status.IMPRISONED.value,
    Status.HOSPITALISED.value,
    Status.INJURED.value,
    Status.RELEASED.value,
    Status.RECOVERED.value,
    Status.ALIVE.value,
    Status.UNKNOWN.value,
)


def figure_label(snapshot: Snapshot, dimensions: Mapping[str, str]) -> str:
    """Return a figure's dimensions in words, such as "dead · Almaty"."""
    words = [str(value_label(snapshot, name, value)) for name, value in dimensions.items()]
    return " · ".join(words) or str(status_label("all"))


def region_name(snapshot: Snapshot, code: str) -> str:
    """Return the name of a region of the snapshot; empty where no source says it."""
    names: dict[str, str] = snapshot.summary.get("regions", {}).get(code, {})
    return in_language(names)


def in_language(names: Mapping[str, str]) -> str:
    """Return one of several names by the reader's language."""
    return names.get(get_language() or "en", names.get("en", ""))


def value_label(snapshot: Snapshot, name: str, value: str) -> str | Promise:
    """Return one value of one dimension in words."""
    match name:
        case "status":
            return status_label(value)
        case "region":
            return region_name(snapshot, value) or gettext("region not known")
        case "sex":
            return sex_label(value) if value != "unknown" else gettext("sex not known")
        case "age_group":
            return age_group_label(value) if value != "unknown" else gettext("age not known")
    source = snapshot.summary.get("sources", {}).get(value, {})
    return publisher_label(source.get("name", ""), source.get("kind", value))
