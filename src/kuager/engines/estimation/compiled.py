"""Compile the inner loops of the samplers to machine code, once, and keep the result on disk.

Everything else of the engine is plain NumPy. A compiled function takes and gives arrays and numbers only,
uses the ``numpy.random.Generator`` it is handed (so that the same seed gives the same numbers), and lets
other threads run meanwhile.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Compiled = TypeVar("Compiled", bound=Callable[..., object])


def compiled(function: Compiled) -> Compiled:
    """Compile a function on its first call; later processes read it from the cache."""
    return cast(Compiled, numba.njit(cache=True, nogil=True)(function))
