"""Compile the inner loops of the samplers to machine code, once, and keep the result on disk.

Everything else of the engine is plain NumPy. A compiled function takes and gives arrays and numbers only,
uses the ``numpy.random.Generator`` it is handed (so that the same seed gives the same numbers), and lets
other threads run meanwhile.

The compiled code is kept beside the source, or where ``NUMBA_CACHE_DIR`` says. Where neither can be written
it is compiled anew in each process, which takes some seconds more and changes no number.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeVar, cast

import numba

Compiled = TypeVar("Compiled", bound=Callable[..., object])

# Sums may be taken in another order and divisions turned round; infinities and NaN keep their meaning.
LOOSE_ORDER = {"contract", "reassoc", "nsz", "arcp"}


def compiled(function: Compiled) -> Compiled:
    """Compile a function on its first call; later processes read it from the cache."""
    return cast(Compiled, _kept(function, partial(numba.njit, nogil=True)))


def vectorised(function: Compiled) -> Compiled:
    """Compile loops over many numbers to vector instructions; division by 0 gives infinity.

    The function must not make arrays, only fill those it is given: it does not count who uses them, which
    would take longer than the short loops it is meant for. The same machine gives the same bits; another
    kind of processor may differ in the last ones.
    """
    loops = partial(numba.njit, nogil=True, fastmath=LOOSE_ORDER, error_model="numpy", _nrt=False)
    return cast(Compiled, _kept(function, loops))


def inlined(function: Compiled) -> Compiled:
    """Copy a part of a compiled function into it: a call with many arrays costs more than a short loop."""
    return cast(Compiled, numba.njit(nogil=True, inline="always")(function))


def _kept(function: Callable[..., object], compiler: Callable[..., object]) -> object:
    """Compile with a cache, without one if there is no place for it."""
    try:
        return compiler(function, cache=True)
    except RuntimeError:
        return compiler(function)
