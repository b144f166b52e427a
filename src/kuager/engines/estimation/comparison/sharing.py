"""One progress and one checkpoint shared by several methods, each of which takes them for its own."""

import base64
import json
from typing import cast

from kuager.engines.estimation.running import Checkpoint, Progress


def progress_of(whole: Progress, name: str, *, place: int, among: int) -> Progress:
    """Tell the progress of one part as progress of all.

    Parameters
    ----------
    whole : callable
        Told of all parts together.
    name : str
        Of the part; written before what it says.
    place, among : int
        The part is number ``place``, from 0, of so many.

    """

    def tell(what: str, done: float) -> None:
        whole(f"{name}: {what}" if what else name, (place + min(max(done, 0.0), 1.0)) / among)

    return tell


def checkpoint_of(whole: Checkpoint | None, name: str) -> Checkpoint | None:
    """Give a part its own place in a checkpoint."""
    return None if whole is None else _Part(whole, name)


class _Part:
    """The place of one part: what the others keep stays as it is."""

    def __init__(self, whole: Checkpoint, name: str) -> None:
        self._whole, self._name = whole, name

    def load(self) -> bytes | None:
        kept = self._parts().get(self._name)
        return None if kept is None else base64.b64decode(kept)

    def save(self, state: bytes) -> None:
        parts = self._parts() | {self._name: base64.b64encode(state).decode("ascii")}
        self._whole.save(json.dumps({"parts": parts}).encode("ascii"))

    def _parts(self) -> dict[str, str]:
        """Read what all parts keep; a checkpoint of something else is begun again."""
        try:
            found = json.loads(self._whole.load() or b"{}")
        except ValueError:
            return {}
        parts = found.get("parts") if isinstance(found, dict) else None
        return cast("dict[str, str]", parts) if isinstance(parts, dict) else {}
