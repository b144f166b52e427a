"""Keep the translations: ``extract`` fills the .po files, ``compile`` makes .mo, ``check`` says what lacks.

Babel does the work, so that a machine needs no gettext tools. Django's own template lexer turns templates
into calls of gettext first.
"""

import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

SOURCE = Path(__file__).parents[1] / "src" / "kuager"
LOCALES = SOURCE / "locale"
LANGUAGES = ("kk", "ru")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
Message = tuple[int, str | tuple[str, ...], str | None]
CALL = re.compile(r"\b(gettext|ngettext|pgettext|npgettext|_)\(")


def messages_of_template(text: str, name: str) -> Iterator[Message]:
    """Yield (line, message or (singular, plural), context) of one template."""
    if not settings.configured:
        settings.configure(USE_I18N=True)
    from django.utils.translation.template import templatize

    code = templatize(text, origin=name)
    for match in CALL.finditer(code):
        arguments = _arguments(code, match.end() - 1)
        line = code.count("\n", 0, match.start()) + 1
        if match[1] == "pgettext":
            yield line, arguments[1], arguments[0]
        elif match[1] == "ngettext":
            yield line, (arguments[0], arguments[1]), None
        elif match[1] == "npgettext":
            yield line, (arguments[1], arguments[2]), arguments[0]
        else:
            yield line, arguments[0], None


def _arguments(code: str, start: int) -> list[str]:
    """Read the string arguments of the call whose bracket opens at ``start``."""
    for end in (i for i in range(start, len(code)) if code[i] == ")"):
        try:
            call = ast.parse(f"f{code[start : end + 1]}", mode="eval").body
        except SyntaxError:
            continue
        assert isinstance(call, ast.Call)  # noqa: S101  # it begins with f(
        return [str(argument.value) for argument in call.args if isinstance(argument, ast.Constant)]
    raise ValueError(f"a call without an end: {code[start : start + 60]!r}")


def collect() -> Catalog:
    """Collect every sentence of the program."""
    catalog = Catalog(project="Kuager", charset="utf-8")
    for path in sorted(SOURCE.rglob("*.py")):
        where = path.relative_to(SOURCE).as_posix()
        found = extract("python", BytesIO(path.read_bytes()), KEYWORDS, comment_tags=["Translators:"])
        for line, message, comments, context in found:
            if message and (not isinstance(message, tuple) or all(message)):
                catalog.add(message, locations=[(where, line)], auto_comments=comments, context=context)
    for path in sorted([*SOURCE.rglob("*.html"), *SOURCE.rglob("*.txt")]):
        where = path.relative_to(SOURCE).as_posix()
        for line, sentence, context in messages_of_template(path.read_text(encoding="utf-8"), where):
            catalog.add(sentence, locations=[(where, line)], context=context)
    return catalog


def po_path(language: str) -> Path:
    """Return where the sentences of a language are kept."""
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def load(language: str) -> Catalog:
    """Read the sentences of a language; empty where there are none yet."""
    if not po_path(language).exists():
        return Catalog(locale=language, charset="utf-8")
    with po_path(language).open("rb") as stream:
        return read_po(stream, locale=language)


def extract_all() -> None:
    """Bring the .po files up to date; what nobody uses any more goes."""
    template = collect()
    for language in LANGUAGES:
        catalog = load(language)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        catalog.header_comment = f"# The sentences of Kuager ({language}), kept by scripts/messages.py."
        catalog.fuzzy = False
        po_path(language).parent.mkdir(parents=True, exist_ok=True)
        with po_path(language).open("wb") as stream:
            write_po(stream, catalog, width=0, sort_output=True, no_location=True, omit_header=False)


def compile_all() -> None:
    """Make the .mo files that the running program reads."""
    for language in LANGUAGES:
        with po_path(language).with_suffix(".mo").open("wb") as stream:
            write_mo(stream, load(language))


def missing(language: str) -> list[str]:
    """Return the sentences of the program that a language lacks or has not translated."""
    catalog = load(language)
    lacking = []
    for message in collect():
        if not message.id:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        known = catalog.get(key, message.context)
        if known is None or not known.string or (isinstance(known.string, tuple) and not all(known.string)):
            lacking.append(key)
    return lacking


def check() -> int:
    """Print what is not translated; return how many sentences that is."""
    count = 0
    for language in LANGUAGES:
        lacking = missing(language)
        count += len(lacking)
        for sentence in lacking:
            print(f"{language}: {sentence}")
    return count


if __name__ == "__main__":
    act = sys.argv[1] if len(sys.argv) > 1 else "check"
    if act == "extract":
        extract_all()
    elif act == "compile":
        compile_all()
    else:
        sys.exit(1 if check() else 0)
