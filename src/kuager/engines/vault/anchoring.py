"""Have heads of the log vouched for by several others, again and again, off-line days included.

Promises: every stretch of the log is brought to each authority that is named; what an authority answered is
an event of the log before it is forgotten anywhere else; what could not be asked is asked again, later and
later up to six hours apart; promises of calendars are asked for until they are complete. Losing the queue
loses no proof: the log holds them all. Nothing here talks to a network: the caller gives ``fetch``.
Failure model: an authority that lies with its key is believed; therefore several, in several countries. Each
learns the log's signed head's digest (RFC 3161) or a salted digest (OpenTimestamps), and when it was asked.

The queue lies in ``anchors/queue`` (``docs/formats/vault.md``); it names no person and no evidence.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from kuager.core.digest import JsonValue
from kuager.core.errors import BadInputError, IntegrityError, KuagerError, NotFoundError
from kuager.engines.vault import opentimestamps, stamps
from kuager.engines.vault.anchor_queue import LOCK, Confirmed, Promise, Queue, Try, load, prepare, save
from kuager.engines.vault.custody import Act
from kuager.engines.vault.heads import Head
from kuager.engines.vault.opentimestamps import NAME as CALENDARS
from kuager.engines.vault.opentimestamps import ProofState
from kuager.engines.vault.vault import Recorded, Vault

ENOUGH_AUTHORITIES = 2
_QUESTION = "application/timestamp-query"
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
# A calendar that has not completed a promise after so long has lost it.
_HOPE = timedelta(days=60)
_ANCHORED = b'"act":"anchored"'


@dataclass(frozen=True, slots=True)
class Authority:
    """A time-stamping authority (RFC 3161).

    Attributes
    ----------
    name
        Its name for people; also its name in the log.
    url
        Where it is asked.
    certificates
        Its root and intermediate certificates, PEM, got elsewhere.
    """

    name: str
    url: str
    certificates: bytes


@dataclass(frozen=True, slots=True)
class Authorities:
    """Whom the log is brought to: authorities, and calendars of OpenTimestamps by their addresses.

    ``every``: new events are brought to each at most so often.
    """

    stamping: tuple[Authority, ...] = ()
    calendars: tuple[str, ...] = ()
    every: timedelta = timedelta(hours=1)

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which their answers stand in the log."""
        return (*(one.name for one in self.stamping), *([CALENDARS] if self.calendars else []))


class Fetch(Protocol):
    """Carries a question over the network."""

    def __call__(self, url: str, *, body: bytes | None, kind: str, largest: int) -> bytes:
        """Return the answer.

        Parameters
        ----------
        body
            What is sent (POST); None to ask without (GET).
        kind
            Media type of what is sent and expected.
        largest
            More bytes than this are not read.

        Raises
        ------
        NotFoundError
            When the other side says that there is nothing (yet).
        KuagerError, OSError
            When it cannot be reached.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorState:
    """How far one authority has vouched for the log.

    Attributes
    ----------
    name
        The authority.
    confirmed, at
        How many events it vouches for, and when it did; 0 and None when it never did.
    pending
        How many events a calendar's promise covers that is not complete.
    waiting
        How many events no answer covers. Events that only tell of answers do not count.
    tries, next_try, fault
        Of what is waiting: how often it was asked in vain, when it will be asked again, what went wrong.
    """

    name: str
    confirmed: int
    at: datetime | None
    pending: int
    waiting: int
    tries: int
    next_try: datetime | None
    fault: str | None

    @property
    def is_whole(self) -> bool:
        """Whether all events are vouched for."""
        return self.waiting == 0 and self.pending <= self.confirmed


def anchor_due(
    vault: Vault,
    authorities: Authorities,
    fetch: Fetch,
    at: datetime,
    *,
    by: str = "kuager",
    is_forced: bool = False,
) -> tuple[AnchorState, ...]:
    """Ask whoever is due, keep what they answer, and return how far each has come.

    May be called at any time and by several processes; what is not due costs nothing.

    Parameters
    ----------
    vault
        Unlocked.
    at
        Now.
    by
        Who asks; sealed in the log.
    is_forced
        Ask everybody now, whatever was agreed about waiting.
    """
    prepare(vault.files)
    with vault.files.locked(LOCK):
        vault.refresh()
        queue = _caught_up(vault, load(vault.files))
        queue = _wanting(queue, authorities, at, timedelta(0) if is_forced else authorities.every)
        save(vault.files, queue)
        rounds = _Round(vault, authorities, fetch, at, by)
        for name in sorted(set(queue.wanted) & set(authorities.names)):
            if is_forced or queue.wanted[name].next_at <= at:
                queue = rounds.asked(queue, name)
        for number in sorted(queue.promises):
            if number in queue.promises and (is_forced or queue.promises[number].tried.next_at <= at):
                queue = rounds.completed(queue, number)
        return _states(queue, authorities)


def status(vault: Vault, authorities: Authorities) -> tuple[AnchorState, ...]:
    """Return how far each authority has vouched for the log; asks nobody and writes nothing."""
    vault.refresh()
    return _states(_caught_up(vault, load(vault.files)), authorities)


def is_enough(states: Sequence[AnchorState]) -> bool:
    """Tell whether two authorities and the block chain vouch for all events."""
    whole = [one.name for one in states if one.is_whole]
    return CALENDARS in whole and len(whole) > ENOUGH_AUTHORITIES


def _caught_up(vault: Vault, queue: Queue) -> Queue:
    """Take in what the log tells since the queue was written: the log is right, the queue a memory of it."""
    if queue.looked > vault.journal.size:
        raise IntegrityError(
            "the log was rolled back: the queue of anchors has seen more events than there are"
        )
    for number, entry in vault.journal.entries(queue.looked):
        if _ANCHORED in entry.public:
            queue = _noted(queue, vault, vault.event(number))
        else:
            queue = replace(queue, events=number + 1)
    return replace(queue, looked=vault.journal.size)


def _noted(queue: Queue, vault: Vault, recorded: Recorded) -> Queue:
    said = recorded.opening.detail
    name, head = str(said["authority"]), str(said["head"])
    size = Head.read(head, vault.public.log).size
    wanted = {other: one for other, one in queue.wanted.items() if other != name}
    if said.get("state") == ProofState.PENDING:
        promise = Promise(size, recorded.event.at, Try(recorded.event.at + _FIRST_WAIT))
        return replace(queue, wanted=wanted, promises={**queue.promises, recorded.number: promise})
    at = datetime.fromisoformat(str(said.get("stamped", recorded.event.at.isoformat())))
    confirmed = dict(queue.confirmed)
    if name not in confirmed or confirmed[name].size < size:
        confirmed[name] = Confirmed(size, at)
    kept = {number: one for number, one in queue.promises.items() if name != CALENDARS or one.size != size}
    if name == CALENDARS:
        # A promise that became complete asks nobody for a new one.
        wanted = queue.wanted
    return replace(queue, wanted=wanted, promises=kept, confirmed=confirmed)


def _wanting(queue: Queue, authorities: Authorities, at: datetime, every: timedelta) -> Queue:
    """Put on the list who has not been asked about the newest events."""
    wanted = dict(queue.wanted)
    asked = dict(queue.asked)
    for name in authorities.names:
        is_time = name not in asked or at - asked[name] >= every
        if name not in wanted and is_time and queue.events > _covered(queue, name):
            wanted[name], asked[name] = Try(at), at
    return replace(queue, wanted=wanted, asked=asked)


def _covered(queue: Queue, name: str) -> int:
    promised = [one.size for one in queue.promises.values()] if name == CALENDARS else []
    confirmed = queue.confirmed.get(name)
    return max([*promised, confirmed.size if confirmed else 0])


def _words(error: Exception) -> str:
    return str(error)[:300] or type(error).__name__


def _again(tried: Try, at: datetime, fault: str | None) -> Try:
    """Return when to try again: each time twice as late, up to six hours."""
    tries = tried.tries + 1
    return Try(at + min(_FIRST_WAIT * 2 ** min(tries - 1, 20), _LONGEST_WAIT), tries, fault)


@dataclass(frozen=True, slots=True)
class _Round:
    """One round of asking; whatever happens is in the log or the queue when a method returns."""

    vault: Vault
    authorities: Authorities
    fetch: Fetch
    at: datetime
    by: str

    def asked(self, queue: Queue, name: str) -> Queue:
        """Ask one authority about the newest head."""
        try:
            detail = self._from_calendars() if name == CALENDARS else self._from_authority(name)
        except (KuagerError, OSError) as error:
            tried = _again(queue.wanted[name], self.at, _words(error))
            queue = replace(queue, wanted={**queue.wanted, name: tried})
        else:
            self._keep(detail)
        return self._saved(queue)

    def completed(self, queue: Queue, number: int) -> Queue:
        """Ask the calendars whether a promise is kept by now."""
        said = self.vault.event(number).opening.detail
        head, ots = str(said["head"]), base64.b64decode(str(said["ots"]))
        ots, fault = self._upgraded(ots, head)
        if opentimestamps.read(ots, head).state is ProofState.COMPLETE:
            self._keep(opentimestamps.as_detail(ots, head))
        else:
            promises = dict(queue.promises)
            promise = promises.pop(number)
            if self.at - promise.since < _HOPE:
                promises[number] = replace(promise, tried=_again(promise.tried, self.at, fault))
            queue = replace(queue, promises=promises)
        return self._saved(queue)

    def _saved(self, queue: Queue) -> Queue:
        queue = _caught_up(self.vault, queue)
        save(self.vault.files, queue)
        return queue

    def _keep(self, detail: Mapping[str, JsonValue]) -> None:
        self.vault.record(Act.ANCHORED, by=self.by, at=self.at, detail=detail)

    def _from_authority(self, name: str) -> Mapping[str, JsonValue]:
        (authority,) = (one for one in self.authorities.stamping if one.name == name)
        question = stamps.ask(self.vault)
        answer = self.fetch(
            authority.url, body=question.content, kind=_QUESTION, largest=stamps.LARGEST_ANSWER
        )
        found = stamps.read_answer(
            question, answer, authority=authority.name, certificates=authority.certificates
        )
        return stamps.as_detail(found)

    def _from_calendars(self) -> Mapping[str, JsonValue]:
        head = self.vault.signed_head()
        question = opentimestamps.ask([head])
        answers, faults = [], []
        for calendar in self.authorities.calendars:
            try:
                answers.append(self._from_calendar(f"{calendar.rstrip('/')}/digest", question.content))
            except (KuagerError, OSError) as error:
                faults.append(_words(error))
        if not answers:
            raise BadInputError("; ".join(faults))
        (ots,) = opentimestamps.read_promises(question, answers)
        return opentimestamps.as_detail(ots, head)

    def _from_calendar(self, address: str, body: bytes | None) -> bytes:
        largest = opentimestamps.LARGEST_ANSWER
        return self.fetch(address, body=body, kind=opentimestamps.KIND, largest=largest)

    def _upgraded(self, ots: bytes, head: str) -> tuple[bytes, str | None]:
        """Return the proof with what the calendars added, and what went wrong."""
        fault: str | None = None
        for calendar, digest in opentimestamps.read(ots, head).waiting:
            if not opentimestamps.may_be_asked(calendar, self.authorities.calendars):
                fault = "a calendar that nobody chose is not asked"
                continue
            try:
                answer = self._from_calendar(f"{calendar.rstrip('/')}/timestamp/{digest}", None)
                ots = opentimestamps.upgraded(ots, head, digest=digest, answer=answer)
            except NotFoundError:
                continue
            except (KuagerError, OSError) as error:
                fault = _words(error)
        return ots, fault


def _states(queue: Queue, authorities: Authorities) -> tuple[AnchorState, ...]:
    return tuple(_state(queue, name) for name in authorities.names)


def _state(queue: Queue, name: str) -> AnchorState:
    confirmed = queue.confirmed.get(name)
    promises = queue.promises.values() if name == CALENDARS else ()
    tried = queue.wanted.get(name)
    pending = max((one.size for one in promises), default=0)
    return AnchorState(
        name=name,
        confirmed=confirmed.size if confirmed else 0,
        at=confirmed.at if confirmed else None,
        pending=pending,
        waiting=max(0, queue.events - _covered(queue, name)),
        tries=tried.tries if tried else 0,
        next_try=tried.next_at if tried else None,
        fault=tried.fault if tried else None,
    )
