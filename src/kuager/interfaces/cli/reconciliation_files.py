"""The report of a reconciliation as a file: PDF for the table, JSON for programs."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from kuager.core.errors import BadInputError

if TYPE_CHECKING:
    from kuager.core.digest import JsonValue
    from kuager.interfaces.shell.reconciliation.facts import Facts

LANGUAGES = ("kk", "ru", "en")
ENDINGS = (".pdf", ".json")


def check_ending(path: Path) -> None:
    """Refuse a file that is neither PDF nor JSON by its name."""
    if path.suffix.casefold() not in ENDINGS:
        raise BadInputError(f"{path}: the report is written as {' or '.join(ENDINGS)}; name the file so")


def write_report(path: Path, facts: "Facts", language: str) -> "dict[str, JsonValue]":
    """Write the report; return what a program should know of it.

    Raises
    ------
    BadInputError
        When the file cannot be written.
    """
    from django.utils import translation

    from kuager.interfaces.shell.reconciliation.paper import reconciliation_paper

    answer: dict[str, JsonValue] = {"report": str(path), "digest": facts.digest}
    if path.suffix.casefold() == ".pdf":
        with translation.override(language):
            printed = reconciliation_paper(facts)
        content, answer["pages"] = printed.pdf, printed.pages
    else:
        content = (json.dumps(facts.document(), ensure_ascii=False, indent=1) + "\n").encode()
    try:
        path.write_bytes(content)
    except OSError as error:
        raise BadInputError(f"{path}: cannot be written ({error.strerror}); choose another place") from error
    return answer
