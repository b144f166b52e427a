"""``kuager evidence wacz``: items given out as one web archive that a browser can replay."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import click

from kuager import __version__
from kuager.core.errors import BadInputError
from kuager.interfaces.cli.evidence_vault import unlocked_vault
from kuager.interfaces.cli.setup import acting_user, now

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User
    from kuager.domain.evidence.models import DigitalItem
    from kuager.engines.captures import Archive, CapturedPage
    from kuager.engines.vault.vault import Vault

_SOFTWARE = f"kuager {__version__}"


@click.command("wacz")
@click.argument("numbers", nargs=-1, required=True, type=int, metavar="NUMBER…")
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE"
)
@click.option("--title", default="", help="Title of the archive; readable by whoever has it.")
@click.option("--reason", required=True, help="What the items are given out for; recorded.")
@click.option("--by", required=True, metavar="USER", help="Who gives them out.")
def write_archive(*, numbers: Sequence[int], output: Path, title: str, reason: str, by: str) -> None:
    """Give items out as a web archive (WACZ) that a browser can replay.

    Items that are web archives go in as they are, with their digests. Others go in as resources, under the
    address where they were seen, or else under their number. The file is not encrypted. That the items leave
    is recorded before the first byte is written.
    """
    from kuager.domain.evidence import operations, queries
    from kuager.engines.captures import write_wacz

    if output.exists():
        raise BadInputError(f"{output} exists already; choose another name")
    vault, user = unlocked_vault(), acting_user(by)
    items = [queries.get_item(number, user=user) for number in dict.fromkeys(numbers)]
    operations.begin_export(vault=vault, items=items, reason=reason, by=user, at=now())
    part = output.with_name(f".{output.name}.part")
    try:
        with ExitStack() as stack, part.open("xb") as sink:
            archives = [*_archives(vault, items), *_resources(stack, vault, items, user, part)]
            write_wacz(sink, archives, at=now(), software=_SOFTWARE, title=title)
        part.rename(output)
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"{output}: {len(items)} items")


def _archives(vault: "Vault", items: Sequence["DigitalItem"]) -> Iterator["Archive"]:
    from kuager.domain.evidence import queries
    from kuager.engines.captures import Archive

    for item in items:
        if _is_archive(vault, item):
            name = str(queries.told(vault, item).get("name") or f"item-{item.number}.warc")
            yield Archive(name, _opener(vault, item))


def _opener(vault: "Vault", item: "DigitalItem") -> "Opener":
    return Opener(vault, item)


class Opener:
    """Opens an item's bytes, as often as asked."""

    def __init__(self, vault: "Vault", item: "DigitalItem") -> None:
        self._vault, self._item = vault, item

    def __call__(self) -> BinaryIO:
        from kuager.domain.evidence import queries

        return cast(BinaryIO, queries.open_item(self._vault, self._item))


def _is_archive(vault: "Vault", item: "DigitalItem") -> bool:
    with _opener(vault, item)() as stream:
        start = stream.read(5)
    packed = start.startswith(b"\x1f\x8b") and item.media_type in {"application/warc", "application/gzip"}
    return packed or start == b"WARC/"


def _resources(
    stack: ExitStack, vault: "Vault", items: Sequence["DigitalItem"], user: "User", part: Path
) -> Iterator["Archive"]:
    """Give one web archive with all items that are none; it lies beside the output until that is written."""
    from kuager.engines.captures import Archive, write_warc

    pages = [_page(vault, item, user) for item in items if not _is_archive(vault, item)]
    if not pages:
        return
    beside = part.with_name(f"{part.name}.items")
    stack.enter_context(_removed_at_the_end(beside))
    with beside.open("xb") as sink:
        write_warc(sink, pages, at=now(), software=_SOFTWARE, name="items.warc.gz")
    yield Archive("items.warc.gz", lambda: beside.open("rb"))


@contextmanager
def _removed_at_the_end(path: Path) -> Iterator[None]:
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _page(vault: "Vault", item: "DigitalItem", user: "User") -> "CapturedPage":
    """Return an item as something taken from the address where it was seen first, as told."""
    from kuager.domain.evidence import queries
    from kuager.engines.captures import CapturedPage

    seen = [
        one for one in queries.appearances_of_group(item, user=user) if one.item.pk == item.pk and one.url
    ]
    first = min(seen, key=lambda one: one.seen_at, default=None)
    return CapturedPage(
        url=f"urn:kuager:item:{item.number}" if first is None else first.url,
        at=item.acquired_at if first is None else first.seen_at,
        opener=_opener(vault, item),
        media_type=item.media_type,
        claims={"WARC-Kuager-Item": str(item.number)},
    )
