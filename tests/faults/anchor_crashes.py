"""A story of anchors, with the power cut after every step in many ways."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from kuager.core.errors import KuagerError
from kuager.engines.vault import anchoring, opentimestamps, stamps
from kuager.engines.vault.anchor_queue import Promise, Try, load, prepare, save
from kuager.engines.vault.anchoring import Authorities, Authority, anchor_due
from kuager.engines.vault.custody import Act
from kuager.engines.vault.files import Files
from kuager.engines.vault.vault import Vault
from tests.faults.calendars import Calendar
from tests.faults.crash_disk import CrashDisk
from tests.faults.vault_crashes import AT, KEYS, cuts, prepared

URL = "https://calendar.example"
CHOSEN = Authorities(stamping=(Authority("Nowhere", "https://nowhere.example", b""),), calendars=(URL,))
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Reported:
    """What was reported of anchors: events promised by a calendar, and those under a block."""

    pending: int = 0
    confirmed: int = 0
    events: int = 0


@dataclass(frozen=True)
class AnchorMoment:
    """The disk after a step, what was reported by then, and the calendar as it was."""

    disk: CrashDisk
    promised: Reported
    calendar: Calendar


def anchor_moments(wrap: Callable[[CrashDisk], Files] = lambda disk: disk) -> Iterator[AnchorMoment]:
    """Give the disk after every step: evidence kept, anchored, looked at, anchored again, completed."""
    disk = CrashDisk()
    vault = prepared(wrap(disk))
    calendar = Calendar(URL)
    reported = Reported()
    found: list[AnchorMoment] = []
    disk.after_each = lambda: found.append(AnchorMoment(disk.copy(), reported, calendar))
    for round_number in range(2):
        at = AT + round_number * 12 * HOUR
        vault.add([bytes([round_number]) * 300], by="gulnar", at=at, detail={})
        for hour in (0, 8):
            if hour:
                calendar.mine()
            states = {one.name: one for one in anchor_due(vault, CHOSEN, calendar.fetch, at + hour * HOUR)}
            state = states[opentimestamps.NAME]
            reported = Reported(max(state.pending, state.confirmed), state.confirmed, vault.journal.size)
    found.append(AnchorMoment(disk.copy(), reported, calendar))
    yield from found


def anchor_violation(disk: CrashDisk, moment: AnchorMoment) -> str | None:
    """Return what is wrong with the anchors found on the disk; None when every report holds."""
    promised = moment.promised
    try:
        vault = Vault(disk, KEYS)
        if vault.journal.size < promised.events:
            return f"{promised.events - vault.journal.size} reported events are lost"
        states = {one.name: one for one in anchoring.status(vault, CHOSEN)}
        state = states[opentimestamps.NAME]
        if state.confirmed < promised.confirmed or max(state.pending, state.confirmed) < promised.pending:
            return f"reported {promised}, found {state}"
        vault.record(Act.NOTED, by="gulnar", at=AT + 100 * HOUR, detail={})
        for hour in (101, 110):
            anchor_due(vault, CHOSEN, moment.calendar.fetch, AT + hour * HOUR)
            moment.calendar.mine()
        again = {one.name: one for one in anchor_due(vault, CHOSEN, moment.calendar.fetch, AT + 120 * HOUR)}
        if not again[opentimestamps.NAME].is_whole or again["Nowhere"].waiting == 0:
            return f"work does not go on: {again}"
        for proof in stamps.chain_proofs(vault):
            opentimestamps.read(proof.ots, proof.head)
        vault.journal.verify()
    except (KuagerError, OSError, LookupError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def queue_before_log(vault: Vault, calendar: Calendar) -> None:
    """Note in the queue that a calendar promised, and only then in the log: a wrong protocol."""
    head = vault.signed_head()
    asked = opentimestamps.ask([head])
    (ots,) = opentimestamps.read_promises(asked, [calendar.submit(asked.content)])
    prepare(vault.files)
    queue = load(vault.files)
    size = vault.journal.size
    promise = Promise(size, AT, Try(AT + HOUR))
    save(vault.files, replace(queue, looked=size + 1, events=size, promises={size: promise}))
    vault.record(Act.ANCHORED, by="kuager", at=AT, detail=opentimestamps.as_detail(ots, head))


def wrong_order_is_caught() -> bool:
    """Tell whether the power cuts notice ``queue_before_log``."""
    disk = CrashDisk()
    vault = prepared(disk)
    calendar = Calendar(URL)
    vault.add([b"evidence"], by="gulnar", at=AT, detail={})
    found: list[AnchorMoment] = []
    disk.after_each = lambda: found.append(AnchorMoment(disk.copy(), Reported(0, 0, 1), calendar))
    queue_before_log(vault, calendar)
    return any(
        anchor_violation(cut, moment)
        for number, moment in enumerate(found)
        for cut in cuts(moment, drawn=3, seed=number)
    )
