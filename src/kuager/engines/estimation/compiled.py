"""Compile the inner loops of the samplers to machine code, once, and keep the result on disk.

Everything else of the engine is plain NumPy. A compiled function takes and gives arrays and numbers only,
uses the ``numpy.random.Generator`` it is handed (so that the same seed gives the same numbers), and lets
other threads run meanwhile.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Compiled = TypeVar("Compiled", bound=Callable[..., object])

# Sums may be taken in another order and divisions turned round; infinities and NaN keep their meaning.
LOOSE_ORDER = {"contract", "reassoc", "nsz", "arcp"}


def compiled(function: Compiled) -> Compiled:
    """Compile a function on its first call; later processes read it from the cache."""
    return cast(Compiled, numba.njit(cache=True, nogil=True)(function))


def vectorised(function: Compiled) -> Compiled:
    """Compile loops over many numbers to vector instructions; division by 0 gives infinity.

    The function must not make arrays, only fill those it is given: it does not count who uses them, which
    would take longer than the short loops it is meant for. The same machine gives the same bits; another
    kind of processor may differ in the last ones.
    """
    loops = numba.njit(cache=True, nogil=True, fastmath=LOOSE_ORDER, error_model="numpy", _nrt=False)
    return cast(Compiled, loops(function))


def inlined(function: Compiled) -> Compiled:
    """Copy a part of a compiled function into it: a call with many arrays costs more than a short loop."""
    return cast(Compiled, numba.njit(nogil=True, inline="always")(function))
