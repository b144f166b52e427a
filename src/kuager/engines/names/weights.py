"""How many bits of evidence each part of a name comparison gives for "one person".

Promises: the weight of a name is the sum of the weights of its parts; the table is frozen.
"""

# Below this likeness two words differ as the words of strangers do.
_NEAR_FROM = 0.6


def part_evidence(role: str, level: str, score: float) -> tuple[str, str]:
    """Return the role and the level under which the table of bits knows a compared part."""
    known = role if role in ("given", "family", "patronymic") else "given"
    if level not in ("differs", "form"):
        return known, level
    return known, "near" if score >= _NEAR_FROM else "far"


# log2 of how much oftener a level is seen between spellings of one person than between two persons taken by
# lot, from the development pairs (benchmarks/name_weights.py; calibration error 0.0004 on persons left out).
# Initials are too rare there: one name in twelve begins with a given letter.
_BITS = {
    ("given", "equal"): 9.0, ("given", "close"): 9.0, ("given", "near"): -4.1, ("given", "far"): -7.8,
    ("given", "initial"): 3.5, ("given", "missing"): -3.2,
    ("family", "equal"): 9.9, ("family", "close"): 5.6, ("family", "near"): -4.4, ("family", "far"): -9.5,
    ("family", "initial"): 3.5, ("family", "missing"): -3.6,
    ("patronymic", "equal"): 9.2, ("patronymic", "close"): 7.5, ("patronymic", "near"): -0.1,
    ("patronymic", "far"): -6.3, ("patronymic", "initial"): 3.5, ("patronymic", "missing"): 0.0,
}  # fmt: skip


def part_bits(role: str, level: str, score: float) -> float:
    """Return the evidence of one part, in bits: above 0 speaks for one person, below 0 against.

    Notes
    -----
    The table knows names of ordinary frequency. A name that half a village bears says less: use the
    frequencies of your own lists (the linkage engine does).
    """
    return _BITS[part_evidence(role, level, score)]
