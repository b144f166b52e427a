"""Writing a snapshot into a folder: the files anybody can check without us."""

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from kuager.core.errors import BadInputError, RefusedError
from kuager.domain.publication.models import Snapshot, SnapshotPicture
from kuager.domain.publication.queries import tables

MANIFEST = "manifest.json"


def export_snapshot(snapshot: Snapshot, folder: Path) -> dict[str, str]:
    """Write figures, people, pictures and a manifest with the SHA-256 of each file; return the digests.

    Writing the same snapshot again renews its files: people taken off since are gone from them.

    Raises
    ------
    RefusedError
        When the folder holds another snapshot.
    """
    _check_folder(snapshot, folder)
    folder.mkdir(parents=True, exist_ok=True)
    digests = {name: _write(folder / name, write()) for name, write in _files(snapshot).items()}
    manifest = {**tables.heading(snapshot), "files": dict(digests)}
    _write(folder / MANIFEST, iter([json.dumps(manifest, indent=1, sort_keys=True) + "\n"]))
    return digests


def _check_folder(snapshot: Snapshot, folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise BadInputError(f"{folder} is a file; name a folder")
    manifest = folder / MANIFEST
    if not manifest.exists():
        if folder.exists() and any((folder / name).exists() for name in _files(snapshot)):
            raise RefusedError(f"{folder} holds files of this kind without a manifest; name another folder")
        return
    try:
        found = json.loads(manifest.read_text(encoding="utf-8")).get("content_digest")
    except (ValueError, AttributeError):
        raise RefusedError(f"{manifest} is not a manifest of ours; name another folder") from None
    if found != snapshot.content_digest:
        raise RefusedError(f"{folder} holds another snapshot; name another folder, nothing was overwritten")


def _files(snapshot: Snapshot) -> dict[str, Callable[[], Iterator[str]]]:
    files: dict[str, Callable[[], Iterator[str]]] = {
        "figures.json": lambda: iter(
            [json.dumps(tables.figures_document(snapshot), ensure_ascii=False) + "\n"]
        ),
        "figures.csv": lambda: tables.write_csv(tables.FIGURE_COLUMNS, tables.figure_rows(snapshot)),
        "people.json": lambda: tables.people_lines(snapshot),
        "people.csv": lambda: tables.write_csv(tables.PEOPLE_COLUMNS, tables.people_rows(snapshot)),
    }
    for picture in SnapshotPicture.objects.filter(snapshot=snapshot).defer("svg", "table"):
        # The drawing is read when its file is written, one at a time.
        files[f"{picture.key}.{picture.language}.svg"] = partial(_drawing, picture)
    return files


def _drawing(picture: SnapshotPicture) -> Iterator[str]:
    yield picture.svg


def _write(path: Path, parts: Iterator[str]) -> str:
    """Write a file whole or not at all, and return its digest."""
    digest, unfinished = hashlib.sha256(), path.with_name(f".{path.name}.partial")
    with unfinished.open("wb") as stream:
        for part in parts:
            content = part.encode()
            digest.update(content)
            stream.write(content)
    unfinished.replace(path)
    return digest.hexdigest()
