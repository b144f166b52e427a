"""Sentences for readers that keep their template and values, so that a page can translate them."""

from collections.abc import Mapping
from typing import Self


class Sentence(str):
    """A finished English sentence that remembers how it was made.

    It is a plain string for whoever prints it; a page in Kazakh or Russian translates ``template``
    and fills in ``values`` again.
    """

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, str]

    def __new__(cls, template: str, **values: str) -> Self:
        """Fill ``template`` with ``values``."""
        sentence = super().__new__(cls, template.format(**values))
        sentence.template = template
        sentence.values = values
        return sentence

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self.template, dict(self.values)))


def _rebuild(template: str, values: dict[str, str]) -> Sentence:
    return Sentence(template, **values)


def people(number: float) -> str:
    """Write a number of persons as a reader expects it: whole, with commas."""
    return f"{number:,.0f}"
