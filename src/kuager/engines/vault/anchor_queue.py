"""What is still to be asked of authorities, written down so that a restart forgets nothing.

Promises: the queue is replaced as a whole; one that was damaged is noticed and made anew from the log, which
holds every answer. Times are UTC.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime

from kuager.core.digest import canonical_json, sha256_hex
from kuager.engines.vault.files import Files, write_whole

FOLDER = "anchors"
LOCK = f"{FOLDER}/.lock"
_PATH = f"{FOLDER}/queue"
_FORMAT = "kuager-anchors-1"


@dataclass(frozen=True, slots=True)
class Try:
    """When something is asked (again), how often it was asked in vain, and what went wrong last."""

    next_at: datetime
    tries: int = 0
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A calendar's promise that is not complete: how many events it covers, since when, the next try."""

    size: int
    since: datetime
    tried: Try


@dataclass(frozen=True, slots=True)
class Confirmed:
    """How many events an authority vouches for, and when it did."""

    size: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What is to be asked.

    Attributes
    ----------
    looked
        How many events of the log were taken in.
    events
        How many there are up to the newest that is no answer of an authority.
    wanted
        Authorities to be asked, by name.
    asked
        When each was last put on that list.
    promises
        Promises of calendars, by the number of the event that holds them.
    confirmed
        How far each authority vouches, by name.
    """

    looked: int = 0
    events: int = 0
    wanted: dict[str, Try] = field(default_factory=dict)
    asked: dict[str, datetime] = field(default_factory=dict)
    promises: dict[int, Promise] = field(default_factory=dict)
    confirmed: dict[str, Confirmed] = field(default_factory=dict)


def prepare(files: Files) -> None:
    """Make the folder, durably."""
    files.make_folder(FOLDER)
    files.sync_names("")


def save(files: Files, queue: Queue) -> None:
    """Write the queue, durably."""
    said = canonical_json(
        {
            "asked": {name: at.isoformat() for name, at in queue.asked.items()},
            "confirmed": {name: [one.size, one.at.isoformat()] for name, one in queue.confirmed.items()},
            "events": queue.events,
            "format": _FORMAT,
            "looked": queue.looked,
            "promises": {
                str(number): [one.size, one.since.isoformat(), *_tried(one.tried)]
                for number, one in queue.promises.items()
            },
            "wanted": {name: _tried(one) for name, one in queue.wanted.items()},
        }
    )
    write_whole(files, _PATH, said + b"\n" + sha256_hex(said).encode() + b"\n")


def _tried(one: Try) -> list[str | int | None]:
    return [one.next_at.isoformat(), one.tries, one.fault]


def load(files: Files) -> Queue:
    """Read the queue; an empty one when there is none or it was damaged: the log tells all again."""
    try:
        said, _, check = files.read(_PATH).partition(b"\n")
    except FileNotFoundError:
        return Queue()
    if check != sha256_hex(said).encode() + b"\n":
        return Queue()
    found = json.loads(said)
    if found["format"] != _FORMAT:
        return Queue()
    moment = datetime.fromisoformat
    return Queue(
        looked=found["looked"],
        events=found["events"],
        wanted={name: Try(moment(one[0]), *one[1:]) for name, one in found["wanted"].items()},
        asked={name: moment(at) for name, at in found["asked"].items()},
        promises={
            int(number): Promise(one[0], moment(one[1]), Try(moment(one[2]), *one[3:]))
            for number, one in found["promises"].items()
        },
        confirmed={name: Confirmed(one[0], moment(one[1])) for name, one in found["confirmed"].items()},
    )
