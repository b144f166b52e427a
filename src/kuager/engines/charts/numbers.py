"""Numbers as texts, and the classes of a map."""

import math
from collections.abc import Sequence

# A narrow reader of any language takes a no-break space for a thousands mark; commas and points differ.
NO_BREAK = "\N{NO-BREAK SPACE}"
EN_DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"

# A d3 expression that writes axis numbers the same way.
AXIS_NUMBER = f"replace(format(datum.value, ',~f'), /,/g, '{NO_BREAK}')"


def written(value: float) -> str:
    r"""Write a number: whole if it is whole, else with one decimal, thousands apart.

    >>> written(1234.0), written(0.25)
    ('1\xa0234', '0.2')
    """
    text = f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
    return text.replace(",", NO_BREAK).replace("-", MINUS)


def classes(values: Sequence[float], *, most: int = 5) -> list[tuple[int, int | None]]:
    """Divide counts into a few classes that a reader can remember.

    Returns
    -------
    list of (low, high)
        Whole numbers, both ends included; ``None`` as high end means "and more".

    >>> classes([0, 1, 7, 30, 149])
    [(1, 4), (5, 9), (10, 49), (50, 99), (100, None)]
    """
    largest = max((value for value in values if value > 0), default=0)
    starts = [start for start in _ladder(largest) if start <= largest] or [1]
    chosen = (
        [starts[round(at * (len(starts) - 1) / (most - 1))] for at in range(most)]
        if len(starts) > most
        else starts
    )
    ends: list[int | None] = [start - 1 for start in chosen[1:]]
    return list(zip(chosen, [*ends, None], strict=True))


def _ladder(largest: float) -> list[int]:
    """1, 5, 10, 50, 100, ... up to the largest."""
    top = math.ceil(math.log10(max(largest, 1))) + 1
    return [factor * 10**power for power in range(top) for factor in (1, 5)]
