"""What documents promise: links lead somewhere, and command lines shown can be typed."""

import doctest
import re
import shlex
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import click
import pytest

from kuager.domain.publication.rules import RULES_VERSION
from kuager.engines.estimation.guard import FEWEST_ON_BOTH, FEWEST_PERSONS, FEWEST_RECAPTURED, MOST_INFLATION
from kuager.engines.estimation.guard.answers import HEAVIEST_COMPLETE, WORST_FIT
from kuager.engines.estimation.guard.avoidance import FALSE_ALARM, LEAST_AVOIDANCE
from kuager.engines.estimation.guard.drawing import FEWEST_EFFECTIVE, LARGEST_RHAT, MOST_NEAR_MAXIMUM
from kuager.engines.estimation.guard.tables import LARGEST_APART
from kuager.engines.estimation.totals import CHAINS, DRAWS
from kuager.engines.estimation.trial import FEWEST_SEEN, WORST_SHORTFALL
from kuager.engines.estimation.unanswered import TABLES
from kuager.engines.linkage import learning, linking
from kuager.engines.linkage.choosing import candidates
from kuager.engines.names import comparing
from kuager.engines.tables.limits import DEFAULT, MIB
from kuager.interfaces.cli.main import cli

ROOT = Path(__file__).parents[2]
SKIPPED = {".venv", ".git", ".tools", "build", "var", "node_modules"}
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
_IMAGE = re.compile(r"<(?:img|a)\b[^>]*?\b(?:src|href)=\"([^\"]+)\"")
_INCLUDE = re.compile(r"```\{include\}\s+(\S+)")
_FENCE = re.compile(r"^(```+).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_DOCTEST = re.compile(r"^```\{doctest\}\n(.*?)^```", re.MULTILINE | re.DOTALL)
# Written by scripts/generate.py; `make generated` says when they are missing.
GENERATED = ROOT / "docs" / "reference"


@cache
def _documents() -> tuple[Path, ...]:
    folders = [path for path in ROOT.iterdir() if path.is_dir() and path.name not in SKIPPED]
    inside = [path for folder in folders for path in folder.rglob("*.md")]
    return tuple(sorted([*ROOT.glob("*.md"), *inside]))


def _local_links(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    yield from _INCLUDE.findall(text)
    prose = _FENCE.sub("", text)
    for target in [*_LINK.findall(prose), *_IMAGE.findall(prose)]:
        if not re.match(r"[a-z][a-z0-9+.-]*:|#", target):
            yield target.partition("#")[0]


def _shown_commands() -> Iterator[tuple[str, str]]:
    for path in _documents():
        if path.is_relative_to(ROOT / "docs"):
            for block in _CONSOLE.findall(path.read_text(encoding="utf-8")):
                for line in block.splitlines():
                    if line.startswith("$ kuager "):
                        yield path.relative_to(ROOT).as_posix(), line.removeprefix("$ kuager ")


@pytest.mark.parametrize("path", _documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_of_a_document_leads_to_a_file(path: Path) -> None:
    targets = {target: (path.parent / target).resolve() for target in _local_links(path)}
    missing = [
        target
        for target, found in targets.items()
        if not found.exists() and not found.is_relative_to(GENERATED)
    ]
    assert not missing


def test_documents_show_commands() -> None:
    assert len(list(_shown_commands())) > 20


@pytest.mark.parametrize(("document", "line"), list(_shown_commands()))
def test_every_command_line_shown_can_be_typed(document: str, line: str) -> None:
    command, words = _found_command(shlex.split(line, comments=True))
    # Parsing checks the options and the number of arguments; nothing is run.
    command.make_context(str(command.name), words)


def _found_command(words: list[str]) -> tuple[click.Command, list[str]]:
    """Follow groups down to the command that the first words name."""
    command: click.Command = cli
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, f"there is no command {words[0]!r}"
        command, words = found, words[1:]
    return command, words


def _pages_with_examples() -> list[Path]:
    return [path for path in _documents() if _DOCTEST.search(path.read_text(encoding="utf-8"))]


def test_pages_show_examples() -> None:
    assert len(_pages_with_examples()) >= 2


@pytest.mark.parametrize("path", _pages_with_examples(), ids=lambda path: path.stem)
def test_examples_of_a_page_give_what_it_says(path: Path) -> None:
    blocks = "\n".join(_DOCTEST.findall(path.read_text(encoding="utf-8")))
    examples = doctest.DocTestParser().get_doctest(blocks, {}, path.stem, str(path), 0)
    said: list[str] = []
    assert not doctest.DocTestRunner(verbose=False).run(examples, out=said.append).failed, "".join(said)


def _modules_with_examples() -> list[str]:
    source = ROOT / "src"
    return [
        ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted(source.rglob("*.py"))
        if ">>> " in path.read_text(encoding="utf-8")
    ]


@pytest.mark.parametrize("name", _modules_with_examples())
def test_examples_of_docstrings_give_what_they_say(name: str) -> None:
    found = doctest.testmod(import_module(name))
    assert found.attempted
    assert not found.failed


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("names.md", f"below {comparing.UNSURE_FROM:.2f}"),
        ("names.md", f"score is {comparing.SAME_FROM:.2f} or more"),
        ("names.md", f"every given name reaches {comparing.PART_MUST_REACH['given']:.2f}"),
        (
            "names.md",
            f"every family name {comparing.PART_MUST_REACH['family']:.2f} "
            f"({comparing.UNCERTAIN_PART_MUST_REACH:.2f} where",
        ),
        ("names.md", f"any part {comparing.ARABIC_PART_MUST_REACH:.2f} where"),
        ("names.md", f"less alike than {comparing.FATHERS_DIFFER_BELOW:.2f}"),
        ("linkage.md", f"Up to {candidates.COMPARE_ALL_UP_TO:,} records"),
        ("linkage.md", f"at most {learning.SHARED_BY_BROTHERS_BITS:.0f} bit"),
        ("linkage.md", f"at most {learning.FAMILY_BITS_AT_MOST:.0f} bits"),
        ("linkage.md", f"Pairs below {linking.REPORTED_FROM} are not reported"),
        ("estimation.md", f"fewer than {FEWEST_PERSONS} |"),
        ("estimation.md", f"few on both | fewer than {FEWEST_ON_BOTH} |"),
        ("estimation.md", f"few on more than one | fewer than {FEWEST_RECAPTURED} |"),
        ("estimation.md", f"more than {MOST_INFLATION} times"),
        ("estimation.md", f"draws {CHAINS * DRAWS:,} times"),
        ("estimation.md", f"from {TABLES} tables"),
        ("estimation.md", f"shortfall above {WORST_SHORTFALL} |"),
        ("estimation.md", f"the others saw fewer than {FEWEST_SEEN} "),
        ("estimation.md", f"R-hat above {LARGEST_RHAT} |"),
        ("estimation.md", f"fewer than {FEWEST_EFFECTIVE} effective draws |"),
        ("estimation.md", f"more than {MOST_NEAR_MAXIMUM:.1%}".replace("%", " %") + " of draws"),
        ("estimation.md", f"more than {LARGEST_APART:.0%}".replace("%", " %") + " of the people"),
        ("estimation.md", f"fit below {WORST_FIT} |"),
        ("estimation.md", f"weight above {HEAVIEST_COMPLETE} |"),
        (
            "estimation.md",
            f"below {LEAST_AVOIDANCE}, and below 1 by more than chance ({100 * FALSE_ALARM:.0f} %",
        ),
        ("import.md", f"| {DEFAULT.max_file_bytes // MIB} MiB (xls"),
        ("import.md", f"| {DEFAULT.max_unpacked_bytes // MIB} MiB |"),
        ("import.md", f"| columns | {DEFAULT.max_columns:,} |"),
        ("publication.md", f"(`{RULES_VERSION}` today)"),
    ],
)
def test_limits_in_words_are_those_of_the_code(page: str, words: str) -> None:
    assert words in (ROOT / "docs" / "methods" / page).read_text(encoding="utf-8")


def test_a_command_line_that_cannot_be_typed_is_found() -> None:
    command, words = _found_command(["estimate", "counts.csv", "--methods", "all"])
    with pytest.raises(click.UsageError):
        command.make_context("estimate", words)
