"""``kuager evidence import``: web archives and bundles of capture apps, listed, checked and kept."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from kuager.core.digest import JsonValue
from kuager.core.errors import BadInputError, IntegrityError, KuagerError
from kuager.interfaces.cli.evidence_vault import plain_file, unlocked_vault
from kuager.interfaces.cli.setup import acting_user, now

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User
    from kuager.domain.evidence.models import DigitalItem
    from kuager.domain.sources.models import Source
    from kuager.engines.captures import Capture
    from kuager.engines.vault.vault import Vault
    from kuager.interfaces.shell.capture_words import Said

_TOOLS = ("auto", "warc", "wacz", "auto-archiver", "proofmode", "tella")
_CHOICES = ("media", "all", "none")


@dataclass(slots=True)
class _Imported:
    """What became of one path."""

    path: Path
    capture: "Capture"
    container: int | None = None
    items: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Keeping:
    """Who keeps files where; None in a dry run."""

    vault: "Vault"
    by: "User"
    source: "Source | None"
    is_restricted: bool


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@click.option(
    "--tool", type=click.Choice(_TOOLS), default="auto", show_default=True, help="Whose files they are."
)
@click.option(
    "--files",
    "choice",
    type=click.Choice(_CHOICES),
    help="Which files become items; by default media of a bundle, all of a folder, none of a web archive.",
)
@click.option("--source", "source_id", type=int, metavar="ID", help="Number of the source they come from.")
@click.option(
    "--restricted", "is_restricted", is_flag=True, help="Only you and whom you name may know of them."
)
@click.option("--dry-run", is_flag=True, help="Only show what is in them and what was checked.")
@click.option("--by", default="", metavar="USER", help="Who keeps them; recorded.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def import_captures(  # noqa: PLR0913  # one parameter for each option
    *,
    paths: Sequence[Path],
    tool: str,
    choice: str | None,
    source_id: int | None,
    is_restricted: bool,
    dry_run: bool,
    by: str,
    as_json: bool,
) -> None:
    """Keep what other tools hand us: WARC, WACZ, and bundles of auto-archiver, ProofMode and Tella.

    PATH is a file or a folder. A bundle in one file is kept whole, as it came; files in it become items of
    their own that name it. One bad bundle never loses the others. Exit 5: something in a bundle is not what
    the bundle says it is (it is kept all the same); exit 3: a bundle could not be read.
    """
    from kuager.domain.sources import queries as sources

    keeping = None
    if not dry_run:
        source = None if source_id is None else sources.get_source(source_id)
        keeping = _Keeping(unlocked_vault(), acting_user(by), source, is_restricted)
    done: list[_Imported] = []
    failed: list[str] = []
    for path in paths:
        try:
            done.append(_import(path, tool, choice, keeping))
        except KuagerError as error:
            failed.append(f"{path}: {error}")
            click.echo(failed[-1], err=True)
    if as_json:
        told = {"bundles": [_as_json(one) for one in done], "failed": failed}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        for one in done:
            _print(one)
    _end(done, failed)


def _end(done: Sequence[_Imported], failed: Sequence[str]) -> None:
    if failed:
        raise BadInputError(f"{len(failed)} of {len(done) + len(failed)} could not be read; see above")
    if any(one.capture.has_faults for one in done):
        raise IntegrityError("something in the bundles is not what they say it is; see above")


def _import(path: Path, tool: str, choice: str | None, keeping: _Keeping | None) -> _Imported:
    from kuager.engines.captures import Tool, read_capture
    from kuager.interfaces.shell.captures import list_bundle

    told = None if tool == "auto" else Tool(tool)
    if path.is_dir() and not path.is_symlink():
        found = _Imported(path, read_capture(path, told))
        if keeping is not None:
            numbers = _chosen(found.capture, choice or "all")
            _keep(found, numbers, ((one, _pieces(found.capture, one)) for one in numbers), None, keeping)
        return found
    with plain_file(path) as file:
        found = _Imported(path, list_bundle(file, told))
        if keeping is not None:
            _keep_bundle(found, file, choice, keeping)
    return found


def _chosen(capture: "Capture", choice: str | None) -> list[int]:
    from kuager.interfaces.shell.capture_importing import chosen_by_default, is_media

    if choice is None:
        return chosen_by_default(capture)
    wanted = {"all": lambda _: True, "none": lambda _: False, "media": is_media}[choice]
    return [number for number, file in enumerate(capture.files) if wanted(file)]


def _pieces(capture: "Capture", number: int) -> Iterator[bytes]:
    from kuager.engines.captures.windows import pieces

    with capture.files[number].open() as stream:
        yield from pieces(stream)


def _keep_bundle(found: _Imported, file: BinaryIO, choice: str | None, keeping: _Keeping) -> None:
    """Keep a bundle whole, then the chosen files in it."""
    from kuager.domain.evidence import operations
    from kuager.domain.evidence.terms import AcquisitionMethod
    from kuager.engines.captures.file_names import guessed_type, safe_name
    from kuager.engines.captures.windows import pieces
    from kuager.interfaces.shell.capture_importing import METHODS, numbered, told_of_bundle
    from kuager.interfaces.shell.captures import give_files

    file.seek(0)
    container = operations.keep_item(
        vault=keeping.vault,
        pieces=pieces(file),
        name=safe_name(found.path.name),
        media_type=guessed_type(found.path.name),
        method=METHODS.get(found.capture.tool, AcquisitionMethod.COMMAND),
        told={"bundle": told_of_bundle(found.capture)},
        source=keeping.source,
        is_restricted=keeping.is_restricted,
        by=keeping.by,
        at=now(),
    )
    found.container = container.number
    numbers = _chosen(found.capture, choice)
    if numbers:
        given = numbered(numbers, give_files(file, found.capture, numbers))
        _keep(found, numbers, given, container, keeping)


def _keep(
    found: _Imported,
    numbers: Sequence[int],
    given: Iterator[tuple[int, Iterator[bytes]]],
    container: "DigitalItem | None",
    keeping: _Keeping,
) -> None:
    from kuager.interfaces.shell.capture_importing import keep_files

    kept = keep_files(
        vault=keeping.vault,
        capture=found.capture,
        given=given,
        container=container,
        source=keeping.source,
        by=keeping.by,
        at=now(),
    )
    for number, item in zip(numbers, kept, strict=True):
        found.items[number] = item.number


def _print(found: _Imported) -> None:
    from kuager.interfaces.shell.capture_words import kind_name, limits_of, said, tool_name

    capture = found.capture
    kept = f", kept as item {found.container}" if found.container is not None else ""
    made = f", made {capture.made_at} as it says" if capture.made_at else ""
    click.echo(f"{found.path.name}: {tool_name(capture.tool)}, {len(capture.files)} files{made}{kept}")
    _print_findings([said(one) for one in capture.about(None)], "  ")
    for number, file in enumerate(capture.files):
        item = f"\titem {found.items[number]}" if number in found.items else ""
        click.echo(
            f"  {number}\t{kind_name(file.kind)}\t{file.size}\t{file.media_type or '?'}\t{file.name}{item}"
        )
        if file.url:
            seen = f" {file.taken_at.isoformat()}" if file.taken_at is not None else ""
            click.echo(f"    {file.url}{seen}")
        _print_findings([said(one) for one in capture.about(number)], "    ")
    for sentence in limits_of(said(one) for one in capture.findings):
        click.echo(f"  Mind: {sentence}")


def _print_findings(found: "Sequence[Said]", margin: str) -> None:
    signs = {"good": "ok  ", "bad": "BAD ", "plain": "-   "}
    for one in found:
        click.echo(f"{margin}{signs[one.mark]}{one.text}")


def _as_json(found: _Imported) -> dict[str, JsonValue]:
    capture = found.capture
    return {
        "path": str(found.path),
        "tool": capture.tool.value,
        "made_at": capture.made_at,
        "item": found.container,
        "claims": dict(capture.claims),
        "findings": _findings(capture, None),
        "files": [_file(found, number) for number in range(len(capture.files))],
    }


def _file(found: _Imported, number: int) -> JsonValue:
    file = found.capture.files[number]
    return {
        "number": number,
        "name": file.name,
        "found": file.found,
        "kind": file.kind.value,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "url": file.url,
        "taken_at": "" if file.taken_at is None else file.taken_at.isoformat(),
        "claims": dict(file.claims),
        "findings": _findings(found.capture, number),
        "item": found.items.get(number),
    }


def _findings(capture: "Capture", number: int | None) -> list[JsonValue]:
    from kuager.interfaces.shell.capture_words import said

    told = [(one, said(one)) for one in capture.about(number)]
    return [
        {
            "code": one.code.value,
            "values": dict(one.values),
            "mark": words.mark,
            "text": words.text,
            "limits": words.limits,
        }
        for one, words in told
    ]
