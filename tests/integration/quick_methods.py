"""For tests of what is done with an estimate: only the methods that answer in a moment."""

from typing import TYPE_CHECKING, cast

import pytest

from kuager.engines.estimation.methods import METHODS

if TYPE_CHECKING:
    from collections.abc import MutableMapping

QUICK = ("lincoln-petersen", "chapman", "chao", "sample-coverage")


def leave_quick_methods(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the engine have no other methods during a test."""
    known = cast("MutableMapping[str, object]", METHODS)
    for name in set(METHODS) - set(QUICK):
        monkeypatch.delitem(known, name)
