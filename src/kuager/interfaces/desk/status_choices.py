"""The statuses a form offers, by the question they answer."""

from kuager.domain.register.terms import Axis, Status

# In the order in which families name them on the phone.
BY_AXIS: dict[Axis, tuple[Status, ...]] = {
    Axis.FATE: (Status.MISSING, Status.DEAD, Status.ALIVE),
    Axis.CUSTODY: (Status.DETAINED, Status.REMANDED, Status.HOUSE_ARREST, Status.IMPRISONED, Status.RELEASED),
    Axis.HEALTH: (Status.INJURED, Status.HOSPITALISED, Status.RECOVERED),
    Axis.LEGAL: (
        Status.SUSPECT,
        Status.CHARGED,
        Status.ON_TRIAL,
        Status.CONVICTED,
        Status.ACQUITTED,
        Status.CASE_CLOSED,
        Status.AMNESTIED,
    ),
}
AXIS_OF = {status: axis for axis, statuses in BY_AXIS.items() for status in statuses}
TONES = {
    Status.DEAD: "bad",
    Status.MISSING: "bad",
    Status.DETAINED: "warn",
    Status.REMANDED: "warn",
    Status.HOUSE_ARREST: "warn",
    Status.IMPRISONED: "warn",
    Status.INJURED: "warn",
    Status.HOSPITALISED: "warn",
    Status.RELEASED: "good",
    Status.RECOVERED: "good",
    Status.ALIVE: "good",
}


def status_choices() -> list[tuple[object, object]]:
    """Return the choices of a form, grouped by axis; each status belongs to one axis."""
    groups: list[tuple[object, object]] = [("", "—")]
    groups += [
        (axis.label, [(status.value, status.label) for status in statuses])
        for axis, statuses in BY_AXIS.items()
    ]
    return groups


def tone(status: str) -> str:
    """Return how a status is shown: grave, worrying, or good."""
    return TONES.get(Status(status), "soft")
