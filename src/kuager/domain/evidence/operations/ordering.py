"""Copies by a recipe: drawn, looked at, ordered with a reason, made in the limited process, checked, kept.

Promises: a copy is kept only when the opposite check found nothing in it. Until then its bytes lie in a
covered, nameless temporary file whose key is in this process's memory; nothing is left of it after a crash.
Several transactions, so that others see how far it is.
"""

import json
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import RawIOBase
from typing import BinaryIO, cast

from django.db import transaction

from kuager.core.digest import JsonValue, canonical_json
from kuager.core.errors import InvalidTransitionError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence.models import CopyOrder, DigitalItem
from kuager.domain.evidence.operations.keeping import keep_derived
from kuager.domain.evidence.operations.recording import audit
from kuager.domain.evidence.queries.contents import open_item
from kuager.domain.evidence.queries.ordering import OrderedCopy, recipe_of
from kuager.domain.evidence.queries.visibility import check_sees
from kuager.domain.evidence.rules.two_people import check_reason
from kuager.domain.evidence.terms import Derivation, OrderFault, OrderState
from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.limited import Limits, run_limited
from kuager.engines.media.redacting import Making, Recipe
from kuager.engines.sealing import CoveredFile, encrypt
from kuager.engines.vault.vault import Vault

Clock = Callable[[], datetime]
PIECE = 1 << 20
TOLD_EVERY = timedelta(seconds=1)
# A video of some hours on a slow machine.
_LIMITS = Limits(memory_bytes=2 << 30, cpu_seconds=6 * 3600, wall_seconds=8 * 3600.0)
_LARGEST_COPY = 8 << 30
_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "audio/mp4": "m4a",
    "audio/webm": "weba",
    "application/pdf": "pdf",
}
_TOO_MUCH = {Reason.TOO_LONG, Reason.TOO_MUCH_MEMORY, Reason.TOO_MUCH_OUTPUT, Reason.BUSY}
_DERIVATIONS = {
    Making.REDACTED: Derivation.REDACTED,
    Making.STRIPPED: Derivation.STRIPPED,
    Making.TRANSCODED: Derivation.TRANSCODED,
    Making.STILL: Derivation.STILL,
}


class LeftOverError(Exception):
    """The check found something in a copy that should be gone."""


@transaction.atomic
def draw_copy(*, vault: Vault, item: DigitalItem, recipe: Recipe, by: User, at: datetime) -> CopyOrder:
    """Put down what a copy shall be, sealed, so that it can be looked at before it is made."""
    check_may(by, Capability.KEEP_EVIDENCE)
    check_sees(by, item)
    return CopyOrder.objects.create(
        item=item,
        derivation=_DERIVATIONS[recipe.make],
        recipe_sealed=_sealed(vault, recipe, ""),
        by=by,
        drawn_at=at,
    )


@transaction.atomic
def order_copy(*, vault: Vault, order: CopyOrder, reason: str, by: User, at: datetime) -> CopyOrder:
    """Order a drawn copy with a reason; an order that failed may be given again."""
    check_may(by, Capability.KEEP_EVIDENCE)
    check_sees(by, order.item)
    reason = check_reason(reason)
    locked = (
        CopyOrder.objects.select_for_update(of=("self",), no_key=True)
        .select_related("item", "by")
        .get(pk=order.pk)
    )
    if locked.state not in (OrderState.DRAFT, OrderState.FAILED):
        raise InvalidTransitionError("this copy is being made already, or is kept")
    locked.recipe_sealed = _sealed(vault, recipe_of(vault, locked).recipe, reason)
    locked.state, locked.fault, locked.ordered_at, locked.by = OrderState.WAITING, "", at, by
    locked.progress, locked.ended_at = 0.0, None
    locked.save()
    audit("order_copy", locked.item, by=by, at=at, derivation=locked.derivation, order=locked.pk)
    return locked


def make_ordered(*, vault: Vault, order: CopyOrder, clock: Clock, is_taken_over: bool = False) -> CopyOrder:
    """Make, check and keep an ordered copy; an order that does not wait is left as it is.

    Parameters
    ----------
    is_taken_over
        Take an order that another process left while making it.
    """
    claim = secrets.token_hex(8)
    free = [OrderState.WAITING, *([OrderState.RUNNING] if is_taken_over else [])]
    waiting = CopyOrder.objects.filter(pk=order.pk, state__in=free)
    if not waiting.update(state=OrderState.RUNNING, claim=claim, progress=0.0, progress_at=clock()):
        return _now(order)
    try:
        result = _make(vault, _now(order), _Progress(order.pk, claim, clock), clock)
    except UnreadableMediaError as error:
        return _fail(order, claim, _fault_of(error.reason), clock())
    except _NotFoundInTextError:
        return _fail(order, claim, OrderFault.TEXT_NOT_FOUND, clock())
    except LeftOverError:
        return _fail(order, claim, OrderFault.LEFT_OVER, clock())
    except BaseException:
        _fail(order, claim, OrderFault.INTERRUPTED, clock())
        raise
    CopyOrder.objects.filter(pk=order.pk, claim=claim).update(
        state=OrderState.DONE, result=result, progress=1.0, ended_at=clock(), claim=""
    )
    return _now(order)


def check_again(vault: Vault, item: DigitalItem) -> list[dict[str, str]]:
    """Hold a kept copy against its original and its recipe once more; return the faults, good when empty."""
    told = vault.item(item.number).acquired.get("recipe")
    if item.derived_from is None or not isinstance(told, dict) or "recipe" not in told:
        return [{"code": "unreadable", "where": "recipe"}]
    recipe = Recipe.from_json(told["recipe"])
    with open_item(vault, item.derived_from) as original, open_item(vault, item) as copy:
        return _check(original, cast(BinaryIO, copy), item.size, recipe)


class _NotFoundInTextError(Exception):
    """A text to remove is nowhere in the document."""


def _make(vault: Vault, order: CopyOrder, progress: "_Progress", clock: Clock) -> DigitalItem:
    ordered = recipe_of(vault, order)
    with open_item(vault, order.item) as original, CoveredFile() as draft:
        made = _copied(
            cast(BinaryIO, _Watched(original, progress, 0.0, 0.8)), draft, ordered, order.item.size
        )
        size = draft.seek(0, 2)
        faults = _check(_Watched(original, progress, 0.8, 0.95), cast(BinaryIO, draft), size, ordered.recipe)
        if faults:
            raise LeftOverError
        progress.tell(0.95)
        media_type = str(made["media_type"])
        told: dict[str, JsonValue] = {
            "recipe": ordered.recipe.as_json(),
            "reason": ordered.reason,
            "made": made,
            "checked": clock().isoformat(),
        }
        return keep_derived(
            vault=vault,
            original=order.item,
            derivation=order.derivation,
            recipe=told,
            pieces=_pieces(draft),
            name=f"{order.item.number}-{order.derivation}-{order.pk}.{_ENDINGS.get(media_type, 'bin')}",
            media_type=media_type,
            by=order.by,
            at=clock(),
        )


def _copied(source: BinaryIO, draft: CoveredFile, ordered: OrderedCopy, size: int) -> dict[str, JsonValue]:
    limits = Limits(
        memory_bytes=_LIMITS.memory_bytes,
        cpu_seconds=_LIMITS.cpu_seconds,
        wall_seconds=_LIMITS.wall_seconds,
        output_bytes=min(_LARGEST_COPY, 20 * size + (256 << 20)),
    )
    request = {"recipe": ordered.recipe.as_json()}
    answer = json.loads(
        run_limited("redaction_make", request, source, limits=limits, sink=cast(BinaryIO, draft))
    )
    if answer.get("refused") == "text_not_found":
        raise _NotFoundInTextError
    if not isinstance(answer.get("made"), dict):
        raise UnreadableMediaError(Reason.NOT_UNDERSTOOD)
    made: dict[str, JsonValue] = answer["made"]
    return made


def _check(original: RawIOBase, copy: BinaryIO, copy_size: int, recipe: Recipe) -> list[dict[str, str]]:
    begins = original.seek(0, 2)
    both = _Joined(original, begins, copy, copy_size)
    request = {"recipe": recipe.as_json(), "copy_begins": begins}
    answer = run_limited("redaction_check", request, cast(BinaryIO, both), limits=_LIMITS)
    found: list[dict[str, str]] = json.loads(answer)
    return found


def _pieces(draft: CoveredFile) -> Iterator[bytes]:
    draft.seek(0)
    while piece := draft.read(PIECE):
        yield piece


def _sealed(vault: Vault, recipe: Recipe, reason: str) -> bytes:
    content: dict[str, JsonValue] = {"recipe": recipe.as_json(), "reason": reason}
    return encrypt(canonical_json(content), vault.public.recipients)


def _now(order: CopyOrder) -> CopyOrder:
    return CopyOrder.objects.select_related("item", "by", "result").get(pk=order.pk)


def _fail(order: CopyOrder, claim: str, fault: OrderFault, at: datetime) -> CopyOrder:
    CopyOrder.objects.filter(pk=order.pk, claim=claim).update(
        state=OrderState.FAILED, fault=fault, ended_at=at, claim=""
    )
    return _now(order)


def _fault_of(reason: Reason) -> OrderFault:
    if reason in _TOO_MUCH:
        return OrderFault.TOO_MUCH
    return OrderFault.CRASHED if reason is Reason.CRASHED else OrderFault.NOT_UNDERSTOOD


class _Progress:
    """Tells the table how far an order is, once a second at most."""

    def __init__(self, number: int, claim: str, clock: Clock) -> None:
        self._number, self._claim, self._clock = number, claim, clock
        self._told_at, self._done = clock(), 0.0

    def tell(self, done: float) -> None:
        """Store a share from 0 to 1; it never falls."""
        now = self._clock()
        if done <= self._done or now - self._told_at < TOLD_EVERY:
            return
        self._told_at, self._done = now, done
        held = CopyOrder.objects.filter(pk=self._number, claim=self._claim)
        held.update(progress=min(done, 1.0), progress_at=now)


class _Watched(RawIOBase):
    """A file whose reader's place tells how far the work is."""

    def __init__(self, whole: RawIOBase, progress: _Progress, low: float, high: float) -> None:
        super().__init__()
        self._whole, self._progress = whole, progress
        self._low, self._high = low, high
        self._size = max(1, whole.seek(0, 2))
        whole.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._whole.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._whole.seek(offset, whence)

    def read(self, size: int = -1, /) -> bytes:
        """Read on; the farthest place that was read is how far the work is."""
        data = self._whole.read(size) or b""
        share = self._whole.tell() / self._size
        self._progress.tell(self._low + (self._high - self._low) * share)
        return data


class _Joined(RawIOBase):
    """Two files as one, the second behind the first; only places and reading."""

    def __init__(self, first: RawIOBase, begins: int, second: BinaryIO, size: int) -> None:
        super().__init__()
        self._first, self._begins, self._second, self._end = first, begins, second, begins + size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = max(0, {0: 0, 1: self._at, 2: self._end}[whence] + offset)
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        """Read from whichever file the place is in; never over the border."""
        left = (self._begins if self._at < self._begins else self._end) - self._at
        count = left if size < 0 else min(size, left)
        if self._at < self._begins:
            self._first.seek(self._at)
            data = self._first.read(count) or b""
        else:
            self._second.seek(self._at - self._begins)
            data = self._second.read(count)
        self._at += len(data)
        return data
