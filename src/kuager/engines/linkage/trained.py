"""Keep what linking learned, so that a record that comes later is judged by the same weights.

Promises: a model saved and loaded again gives the same scores to the last digit; a model learned with other
comparisons than those of this version is refused, never half used. The file is JSON with a version and
holds no names of people, only rates, and the names and sizes of the lists.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kuager.core.errors import BadInputError
from kuager.engines.linkage.comparing.comparisons import COMPARISONS
from kuager.engines.linkage.learning import Floats, Model, crossing_bits, expected_links
from kuager.engines.linkage.reading.preparing import Habits, Prepared
from kuager.engines.linkage.reviewing.reviewed import Correction

_FORMAT = 1
# Shares of links stay away from certainty, as in learning.
_LEAST_SHARE, _MOST_SHARE = 1e-9, 0.5


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A learned model with the lists it was learned on.

    Attributes
    ----------
    model
        Rates of agreement and shares of links.
    strangers
        How often strangers agree on each level as measured, before links were taken out of it: towards these
        the commonness of rare values is drawn.
    sizes
        Records of each list, in the order of the shares' groups.
    habits
        How the lists were read.
    correction
        How far judged pairs moved the weights; None where nobody had judged any.
    """

    model: Model
    strangers: tuple[Floats, ...]
    sizes: dict[str, int]
    habits: Habits
    correction: Correction | None = None

    @classmethod
    def of(cls, model: Model, strangers: tuple[Floats, ...], prepared: Prepared) -> "TrainedModel":
        """Return the model with what must be remembered of the lists."""
        lists = prepared.records["list"].to_list()
        return cls(model, strangers, {name: lists.count(name) for name in prepared.lists}, prepared.habits)

    def partners(self, left: str, right: str) -> float:
        """Return how many records of list ``right`` one record of list ``left`` is expected to match.

        For a list the model has never seen, the mean over the lists it has; without any, the expectation
        before looking.
        """
        if right not in self.sizes:
            return float(expected_links([1, 1], [(0, 1)])[0])
        others = [left] if left in self.sizes else [name for name in self.sizes if name != right] or [right]
        return float(np.mean([self._share(one, right) * self.sizes[right] for one in others]))

    def prior_bits(self, lists: tuple[str, str], sizes: tuple[float, float]) -> float:
        """Return the log-odds (base 2) that two records of two lists are one person before looking.

        Parameters
        ----------
        lists
            The two lists; the same twice for two records of one list.
        sizes
            How many records they have by now.
        """
        links = self.partners(*lists) * sizes[0]
        share = float(np.clip(links / max(sizes[0] * sizes[1], 1.0), _LEAST_SHARE, _MOST_SHARE))
        if lists[0] == lists[1]:
            return float(np.log2(share / (1.0 - share)))
        return float(crossing_bits(np.array([share * sizes[0] * sizes[1]]), np.array([sizes]))[0])

    def _share(self, left: str, right: str) -> float:
        names = list(self.sizes)
        groups = [(a, b) for a in range(len(names)) for b in range(a, len(names))]
        a, b = sorted((names.index(left), names.index(right)))
        return float(self.model.share[groups.index((a, b))])


def as_json(trained: TrainedModel) -> str:
    """Return the model as text."""
    model = trained.model
    fields = [
        {
            "field": field.field,
            "levels": [level.words for level in field.levels],
            "m": m.tolist(),
            "u": u.tolist(),
            "strangers": strangers.tolist(),
        }
        for field, m, u, strangers in zip(model.fields, model.m, model.u, trained.strangers, strict=True)
    ]
    habits = {"name_field": trained.habits.name_field, "usual_day": trained.habits.usual_day}
    whole = {
        "format": _FORMAT,
        "lists": trained.sizes,
        "habits": habits,
        "fields": fields,
        "share": model.share.tolist(),
        "spelling_varies": model.spelling_varies,
        "correction": _correction_as_json(trained.correction),
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def _correction_as_json(correction: Correction | None) -> dict[str, object] | None:
    if correction is None:
        return None
    return {
        "common_bits": correction.common_bits,
        "factors": correction.factors.tolist(),
        "error_bits": correction.error_bits,
    }


def _correction_from(said: Mapping[str, Any] | None) -> Correction | None:
    if said is None:
        return None
    return Correction(
        float(said["common_bits"]), np.array(said["factors"], dtype=np.float64), float(said["error_bits"])
    )


def from_json(text: str) -> TrainedModel:
    """Read a model.

    Raises
    ------
    BadInputError
        When the text is no such model, or was learned with other comparisons.
    """
    try:
        said = json.loads(text)
        shape = [(field["field"], tuple(field["levels"])) for field in said["fields"]]
        expected = [(field.field, tuple(level.words for level in field.levels)) for field in COMPARISONS]
        if said["format"] != _FORMAT or shape != expected:
            raise BadInputError("this model was learned with other comparisons; link the lists again")
        model = Model(
            fields=COMPARISONS,
            m=tuple(np.array(field["m"]) for field in said["fields"]),
            u=tuple(np.array(field["u"]) for field in said["fields"]),
            share=np.array(said["share"]),
            spelling_varies=bool(said["spelling_varies"]),
        )
        strangers = tuple(np.array(field["strangers"]) for field in said["fields"])
        corrected = _correction_from(said.get("correction"))
        return TrainedModel(model, strangers, dict(said["lists"]), Habits(**said["habits"]), corrected)
    except (ValueError, KeyError, TypeError) as error:
        raise BadInputError("this is not a model that linking saved") from error


def save_model(trained: TrainedModel, path: Path) -> None:
    """Write the model into a file."""
    path.write_text(as_json(trained), encoding="utf-8")


def load_model(path: Path) -> TrainedModel:
    """Read the model from a file; see :func:`from_json` for what may be wrong with it."""
    return from_json(path.read_text(encoding="utf-8"))
