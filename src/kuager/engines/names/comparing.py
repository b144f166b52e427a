"""Do two written names belong to one person? A score, a verdict, and the reasons part by part.

Promises: symmetric; a name compared with itself scores 1; ``score >= 0.5`` exactly when the verdict is
"same"; a shared family name with clearly different given names is never "same", however alike the rest is
(brothers), and neither is a shared given name with different family names.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from kuager.engines.names.aligning import Alignment, Part, align_names
from kuager.engines.names.weights import part_bits
from kuager.engines.names.word_likeness import form_of_name
from kuager.engines.names.words import Word, prepare

Verdict = Literal["same", "unsure", "different"]
Level = Literal["equal", "close", "form", "initial", "differs", "missing"]

# Raw alignment scores, chosen on the development pairs of names, cross-validated by person, and frozen.
SAME_FROM = 0.73
UNSURE_FROM = 0.66
# Any part less alike than this keeps the verdict from "same": one consonant in a family name of six letters,
# or in a given name of nine, or one vowel in a given name of four. Brothers bear given names that rhyme.
PART_MUST_REACH = {"given": 0.89, "family": 0.84, "other": 0.84, "patronymic": 0.82}
# Where a name does not tell which of its words is the given one, any of them may be.
UNCERTAIN_PART_MUST_REACH = 0.87
# Fathers' names vary more between registers; a consonant of a short name counts.
FATHERS_DIFFER_BELOW = 0.8
# Arabic letters leave most vowels out, so less can be asked of a part.
ARABIC_PART_MUST_REACH = 0.83
ARABIC_FATHERS_DIFFER_BELOW = 0.6
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


class _Compared(NamedTuple):
    """One part of two names, its level and the evidence it gives."""

    role: str
    left: Word | None
    right: Word | None
    alike: float
    level: Level
    weight_bits: float


def _part_role(left: Word | None, right: Word | None) -> str:
    if left is None or right is None:
        return (left or right).role  # type: ignore[union-attr]  # one of the two is there
    if left.role == right.role:
        return left.role
    return "family" if "family" in (left.role, right.role) else "given"


def _compare_part(part: Part, is_certain: bool) -> _Compared:
    left, right, alike = part
    role = _part_role(left, right)
    level = _part_level(part, role, is_certain)
    return _Compared(role, left, right, alike, level, part_bits(role, level, alike))


def _part_level(part: Part, role: str, is_certain: bool) -> Level:
    left, right, alike = part
    if left is None or right is None:
        return "missing"
    if alike >= _EQUAL_FROM:
        return "initial" if left.is_initial or right.is_initial else "equal"
    if left.is_initial or right.is_initial:
        return "initial" if alike > 0 else "differs"
    if alike >= _needed(left, right, role, is_certain):
        return "close"
    return "form" if 0.7 < alike < 0.9 and form_of_name(left, right) == "ambiguous" else "differs"


def _needed(left: Word, right: Word, role: str, is_certain: bool) -> float:
    if left.is_arabic != right.is_arabic:
        return ARABIC_PART_MUST_REACH
    is_given = role == "given" or _crosses_roles(left, right)
    needed = PART_MUST_REACH["given" if is_given else role]
    return needed if is_certain or role == "patronymic" else max(needed, UNCERTAIN_PART_MUST_REACH)


def _crosses_roles(left: Word | None, right: Word | None) -> bool:
    if left is None or right is None or left.role == right.role:
        return False
    return {left.role, right.role} == {"family", "given"}


_WORDING = {
    "equal": "{role} names sound the same: {left} / {right}",
    "close": "{role} names are close: {left} / {right}",
    "form": "{role} names may be forms of one name: {left} / {right}",
    "initial": "an initial fits the {role} name: {left} / {right}",
    "differs": "{role} names differ: {left} / {right}",
    "missing": "{role} name is given on one side only: {left}{right}",
}


def _is_doubtful(part: _Compared) -> bool:
    if part.role == "patronymic" and part.left and part.right:
        if part.level == "differs" and part.alike < _fathers_differ_below(part.left, part.right):
            return True
        return _sexes_differ(part)
    return part.level in ("differs", "initial", "form")


def _fathers_differ_below(left: Word, right: Word) -> float:
    return ARABIC_FATHERS_DIFFER_BELOW if left.is_arabic or right.is_arabic else FATHERS_DIFFER_BELOW


def _sexes_differ(part: _Compared) -> bool:
    """Return whether one name ends as a man's (-ов, -ұлы) and the other as a woman's (-ова, -қызы)."""
    if not part.left or not part.right or part.left.is_feminine is None or part.right.is_feminine is None:
        return False
    return part.left.is_feminine != part.right.is_feminine


def _are_brother_and_sister(parts: tuple[_Compared, ...]) -> bool:
    """Return whether family names of a man and of a woman meet given names that are not quite the same."""
    if not any(part.role == "family" and _sexes_differ(part) for part in parts):
        return False
    return any(part.role == "given" and part.level != "equal" for part in parts)


def _verdict(alignment: Alignment, parts: tuple[_Compared, ...]) -> Verdict:
    raw = alignment.score
    if raw < UNSURE_FROM:
        return "different"
    if raw < SAME_FROM or alignment.matched < 2:
        return "unsure"
    # Beside two whole names that agree, an initial that fits is no reason for doubt.
    whole = sum([part.level in ("equal", "close") and part.role != "patronymic" for part in parts])
    doubtful = any([_is_doubtful(part) and not (part.level == "initial" and whole >= 2) for part in parts])
    return "unsure" if doubtful or _are_brother_and_sister(parts) else "same"


class Settled(NamedTuple):
    """What there is to say about two names, before it is put into words."""

    score: float
    verdict: Verdict
    parts: tuple[_Compared, ...]
    weight_bits: float


def settle_names(a: str, b: str) -> Settled:
    """Compare two names that are not written alike."""
    alignment = align_names(a, b)
    is_certain = prepare(a).order_is_certain and prepare(b).order_is_certain
    parts = tuple([_compare_part(part, is_certain) for part in alignment.parts])
    verdict = _verdict(alignment, parts)
    if verdict == "same" and is_certain and _exchanges_roles(alignment):
        verdict = "unsure"
    score = _scaled(alignment.score)
    if verdict != "same":
        score = min(score, 0.49)
    return Settled(score, verdict, parts, _total_bits(parts))


def _total_bits(parts: tuple[_Compared, ...]) -> float:
    return round(sum([part.weight_bits for part in parts]), 1)


def _exchanges_roles(alignment: Alignment) -> bool:
    """Return whether a family name met a given name; both names say which is which.

    Nurov Bolat is not Bolatov Nur: fathers give their names to sons.
    """
    crossing = [alike for left, right, alike in alignment.parts if _crosses_roles(left, right)]
    return len(crossing) >= 2 and min(crossing) < _EQUAL_FROM


def _told(part: _Compared) -> PartComparison:
    left, right = part.left.text if part.left else "", part.right.text if part.right else ""
    return PartComparison(part.role, left, right, part.alike, part.level, part.weight_bits)


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
    settled = settle_names(a, b)
    parts = tuple(map(_told, settled.parts))
    if a == b and a.strip():
        reasons = ("the two names are written alike",)
        return NameComparison(1.0, "same", parts, reasons, settled.weight_bits)
    return NameComparison(settled.score, settled.verdict, parts, _reasons(parts), settled.weight_bits)
