"""What each method answered, as a page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Texts = Sequence[object]
METHOD_WORDS = {
    "lincoln-petersen": _("Lincoln-Petersen"),
    "chapman": _("Chapman"),
    "chao": _("Chao's lower bound"),
    "loglinear": _("Log-linear model chosen by BIC"),
    "heterogeneity": _("Model of differences among people"),
}


@dataclass(frozen=True, kw_only=True)
class ShownAnswer:
    """One method's answer; numbers of persons, None where the data do not bound them."""

    name: str
    lists: str
    estimate: float | None
    low: float | None
    high: float | None
    level: str
    unseen: float | None
    lower_bound: bool
    publishable: bool
    reasons: Texts
    warnings: Texts
    assumptions: Texts


def method_word(method: str) -> str:
    """Name a method for readers."""
    return str(METHOD_WORDS.get(method, method))


def shown_answer(answer: Mapping[str, object]) -> ShownAnswer:
    """Read one stored answer."""
    low, high = cast("Sequence[float | None]", answer.get("interval") or (None, None))
    unseen = cast("Mapping[str, float | None]", answer.get("unseen") or {})
    diagnostics = cast("Mapping[str, object]", answer.get("diagnostics") or {})
    level = round(float(cast("float", answer.get("level", 0.95))) * 100)
    return ShownAnswer(
        name=method_word(str(answer.get("method", ""))),
        lists=str(diagnostics.get("lists", "")),
        estimate=cast("float | None", answer.get("estimate")),
        low=low,
        high=high,
        level=gettext("%(level)d %% interval") % {"level": level},
        unseen=unseen.get("estimate"),
        lower_bound=bool(answer.get("lower_bound")),
        publishable=bool(answer.get("publishable")),
        reasons=cast("Texts", answer.get("reasons") or ()),
        warnings=cast("Texts", answer.get("warnings") or ()),
        assumptions=cast("Texts", answer.get("assumptions") or ()),
    )
