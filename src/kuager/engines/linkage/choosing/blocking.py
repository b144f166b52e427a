"""What was compared and what was not, to be told with the links.

Promises: plain numbers and sentences made of a template and values, so that pages can translate them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class BlockingRule:
    """One kind of key by which records were brought together.

    Attributes
    ----------
    shared
        What two records must have in common, in plain words.
    largest
        Records of the largest group in which everybody was compared with everybody.
    left_out
        Records of the largest group that exists; above ``largest``, such groups were not compared.
    pairs
        Pairs that share this key.
    new_pairs
        Those among them that no rule before it had found.
    expected_links
        How many links are expected among the new pairs; before comparing, an estimate from a sample.
    """

    shared: str
    largest: int
    left_out: int
    pairs: int
    new_pairs: int
    expected_links: float


@dataclass(frozen=True, slots=True)
class Blocking:
    """How the pairs to compare were chosen.

    Attributes
    ----------
    records, pairs
        How many records were read and pairs compared.
    bound
        Pairs for each record that must not be exceeded; None where every pair is compared.
    rules
        Kinds of keys used, in the order in which they were chosen; none where every pair is compared.
    recall
        Estimated share of all links among the pairs compared, 0 to 1.
    """

    records: int
    pairs: int
    bound: float | None = None
    rules: tuple[BlockingRule, ...] = ()
    recall: float = 1.0

    @property
    def per_record(self) -> float:
        """How many pairs were compared for each record."""
        return self.pairs / max(self.records, 1)

    def after_scoring(self, links: npt.NDArray[np.float64] | None, recall: float) -> "Blocking":
        """Return the same with the links expected by rule, and the recall, as the scored pairs show them."""
        if links is None:
            return self
        found = np.zeros(len(self.rules))
        found[: len(links)] = links[: len(found)]
        rules = tuple(
            replace(rule, expected_links=float(count)) for rule, count in zip(self.rules, found, strict=True)
        )
        return replace(self, rules=rules, recall=recall)

    def sentences(self) -> tuple[tuple[str, Mapping[str, str]], ...]:
        """Return what to tell readers: templates and the values to fill in."""
        if self.bound is None:
            return (("All {pairs} pairs of records were compared.", {"pairs": f"{self.pairs:,}"}),)
        whole = {
            "pairs": f"{self.pairs:,}",
            "per_record": f"{self.per_record:.1f}",
            "bound": f"{self.bound:g}",
            "recall": f"{100 * self.recall:.1f}",
        }
        first = (
            "{pairs} pairs were compared, {per_record} for each record; at most {bound} were allowed. "
            "About {recall} % of all links are expected to be among them.",
            whole,
        )
        return (first, *(_rule_sentence(rule) for rule in self.rules))


def _rule_sentence(rule: BlockingRule) -> tuple[str, Mapping[str, str]]:
    values = {
        "shared": rule.shared,
        "pairs": f"{rule.pairs:,}",
        "new": f"{rule.new_pairs:,}",
        "links": f"{rule.expected_links:,.0f}",
        "largest": f"{rule.largest:,}",
    }
    if rule.left_out > rule.largest:
        return (
            "Same {shared}: {pairs} pairs in groups of up to {largest} records, {new} of them new, with "
            "about {links} links. Larger groups were not compared.",
            values,
        )
    return ("Same {shared}: {pairs} pairs, {new} of them new, with about {links} links.", values)
