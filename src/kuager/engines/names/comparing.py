"""Do two written names belong to one person? A score, a verdict, and the reasons part by part.

Promises: symmetric; a name compared with itself scores 1; ``score >= 0.5`` exactly when the verdict is
"same"; a shared family name with clearly different given names is never "same", however alike the rest is
(brothers), and neither is a shared given name with different family names.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from kuager.engines.names.aligning import AlignedWord, Alignment, align_names
from kuager.engines.names.parsing import parse_name
from kuager.engines.names.weights import part_bits

Verdict = Literal["same", "unsure", "different"]
Level = Literal["equal", "close", "initial", "differs", "missing"]

# Raw alignment scores, chosen on the development pairs of names, cross-validated by person, and frozen.
SAME_FROM = 0.73
UNSURE_FROM = 0.66
# Any part less alike than this keeps the verdict from "same": one consonant in a name of five letters.
PART_MUST_REACH = 0.82
# Fathers' names vary more between registers; only a clear difference counts.
FATHERS_DIFFER_BELOW = 0.6
# Arabic letters leave most vowels out, so less can be asked of a part.
ARABIC_PART_MUST_REACH = 0.70
_EQUAL_FROM = 0.999


@dataclass(frozen=True, slots=True)
class PartComparison:
    """One part of two names side by side. ``score`` is 0 to 1 and means nothing for a missing part.

    ``weight_bits`` is the evidence for one person (above 0) or for two (below 0).
    """

    role: str
    left: str
    right: str
    score: float
    level: Level
    weight_bits: float = 0.0


@dataclass(frozen=True, slots=True)
class NameComparison:
    """The answer for two names: ``score`` 0 to 1, a verdict at the frozen thresholds, and why.

    ``weight_bits`` is the sum over the parts: log2 of how much likelier these two spellings are for one
    person than for two persons taken by lot. Add it to the log2 odds that two entries are one person before
    the names are looked at, and you have the log2 odds after.
    """

    score: float
    verdict: Verdict
    parts: tuple[PartComparison, ...]
    reasons: tuple[str, ...]
    weight_bits: float = 0.0


def _scaled(raw: float) -> float:
    """Stretch the raw score so that 0.5 is the frozen threshold of "same"."""
    if raw >= SAME_FROM:
        return min(1.0, 0.5 + 0.5 * (raw - SAME_FROM) / (1.0 - SAME_FROM))
    return max(0.0, 0.5 * raw / SAME_FROM)


def _part_level(part: AlignedWord) -> Level:
    if not part.left or not part.right:
        return "missing"
    if part.is_initial:
        return "initial" if part.likeness > 0 else "differs"
    if part.likeness >= _EQUAL_FROM:
        return "equal"
    return "close" if part.likeness >= _needed(part) else "differs"


def _needed(part: AlignedWord) -> float:
    return ARABIC_PART_MUST_REACH if part.crosses_arabic else PART_MUST_REACH


_WORDING = {
    "equal": "{role} names sound the same: {left} / {right}",
    "close": "{role} names are close: {left} / {right}",
    "initial": "an initial fits the {role} name: {left} / {right}",
    "differs": "{role} names differ: {left} / {right}",
    "missing": "{role} name is given on one side only: {left}{right}",
}


def _compare_part(part: AlignedWord) -> PartComparison:
    level = _part_level(part)
    bits = part_bits(part.role, level, part.likeness)
    return PartComparison(part.role, part.left, part.right, part.likeness, level, bits)


def _total_bits(parts: tuple[PartComparison, ...]) -> float:
    return round(sum(part.weight_bits for part in parts), 1)


def _is_doubtful(part: PartComparison) -> bool:
    if part.role == "patronymic":
        return part.level == "differs" and part.score < FATHERS_DIFFER_BELOW
    return part.level in ("differs", "initial")


def _verdict(raw: float, alignment: Alignment, parts: tuple[PartComparison, ...]) -> Verdict:
    if raw < UNSURE_FROM:
        return "different"
    # Beside two whole names that agree, an initial that fits is no reason for doubt.
    whole = sum(part.level in ("equal", "close") and part.role != "patronymic" for part in parts)
    doubtful = any(_is_doubtful(part) and not (part.level == "initial" and whole >= 2) for part in parts)
    return "unsure" if raw < SAME_FROM or doubtful or alignment.matched < 2 else "same"


def _reasons(parts: tuple[PartComparison, ...]) -> tuple[str, ...]:
    return tuple(
        _WORDING[part.level].format(role=part.role, left=part.left, right=part.right) for part in parts
    )


def compare_names(a: str, b: str) -> NameComparison:
    """Compare two written names of persons, in any script and order.

    Returns
    -------
    NameComparison
        ``score`` is 0 to 1; 0.5 and more means "same". Initials and single words alone are never enough.

    Examples
    --------
    >>> compare_names("Нұров Болат", "Bolat Nurov").verdict
    'same'
    >>> compare_names("Нұров Серік", "Нұров Берік").verdict
    'unsure'
    """
    if a == b and a.strip():
        return _identical(a)
    settled = settle_names(a, b)
    return NameComparison(
        settled.score, settled.verdict, settled.parts, _reasons(settled.parts), settled.weight_bits
    )


class Settled(NamedTuple):
    """What there is to say about two names, before it is put into words."""

    score: float
    verdict: Verdict
    parts: tuple[PartComparison, ...]
    weight_bits: float


def settle_names(a: str, b: str) -> Settled:
    """Compare two names that are not written alike."""
    alignment = align_names(a, b)
    parts = tuple([_compare_part(part) for part in alignment.parts])
    verdict = _verdict(alignment.score, alignment, parts)
    if verdict == "same" and _exchanges_roles(a, b, alignment):
        verdict = "unsure"
    score = _scaled(alignment.score)
    if verdict != "same":
        score = min(score, 0.49)
    return Settled(score, verdict, parts, _total_bits(parts))


def _exchanges_roles(a: str, b: str, alignment: Alignment) -> bool:
    """Return whether a family name met a given name although both names say which is which.

    Nurov Bolat is not Bolatov Nur: fathers give their names to sons.
    """
    crossing = [part for part in alignment.parts if part.crosses_roles]
    if len(crossing) < 2 or all(part.likeness >= _EQUAL_FROM for part in crossing):
        return False
    return parse_name(a).order_is_certain and parse_name(b).order_is_certain


def _identical(name: str) -> NameComparison:
    parts = tuple(_compare_part(part) for part in align_names(name, name).parts)
    reasons = ("the two names are written alike",)
    return NameComparison(1.0, "same", parts, reasons, _total_bits(parts))
