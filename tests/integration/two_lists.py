"""Two invented lists of the same events in two spellings, imported and applied by the real operations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from kuager.domain.accounts.models import User
from kuager.domain.lists import operations, queries
from kuager.domain.lists.models import CasualtyList, LinkRun
from kuager.domain.places.operations import load_places
from kuager.domain.sources.operations import get_or_create_publisher

START = datetime(2022, 1, 12, 9, tzinfo=UTC)
HEADER = "name,age,date,city,status"
CYRILLIC = (
    "Сериков Асан Маратович,31,06.01.2022,Алматы,погиб",
    "Ахметова Дина Болатовна,24,05.01.2022,Тараз,погибла",
    "Оспанов Ермек,40,05.01.2022,Шымкент,погиб",
    "Жұмабаев Нұрлан,52,07.01.2022,Қызылорда,погиб",
    "Ибраева Сауле,19,06.01.2022,Алматы,погибла",
)
LATIN = (
    "Serikov Asan,31,2022-01-06,Almaty,killed",
    "Akhmetova Dina,25,2022-01-05,Taraz,killed",
    "Zhumabayev Nurlan,52,2022-01-07,Kyzylorda,killed",
    "Ospanov Yermek,19,2022-01-08,Aktobe,killed",
    "Toleutaev Daniyar,33,2022-01-06,Almaty,killed",
)


@dataclass(frozen=True, kw_only=True)
class TwoLists:
    """Both lists, and the moment after which tests may act."""

    cyrillic: CasualtyList
    latin: CasualtyList
    at: datetime


def import_list(
    rows: Sequence[str], *, title: str, publisher: str, folder: Path, by: User, at: datetime
) -> CasualtyList:
    """Import rows as a list of its own and apply it."""
    path = folder / f"{title}.csv"
    path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    kept_by = get_or_create_publisher(name=publisher, kind="ngo", by=by, at=at)
    made = operations.create_list(publisher=kept_by, title=title, is_clean=True, by=by, at=at)
    mapping = queries.preview(path).mapping
    edition = operations.begin_edition(
        casualty_list=made,
        as_of=date(2022, 1, 10),
        path=path,
        file_name=path.name,
        mapping=mapping,
        by=by,
        at=at,
    )
    operations.stage_edition(edition=edition, path=path, by=by, at=at)
    operations.apply_edition(edition=edition, by=by, at=at)
    return made


def import_two_lists(folder: Path, *, by: User) -> TwoLists:
    """Import both lists."""
    load_places(by=by, at=datetime(2022, 1, 1, tzinfo=UTC))
    cyrillic = import_list(
        CYRILLIC, title="Hotline", publisher="Invented Hotline", folder=folder, by=by, at=START
    )
    later = START + timedelta(hours=1)
    latin = import_list(
        LATIN, title="Reporters", publisher="Invented Reporters", folder=folder, by=by, at=later
    )
    return TwoLists(cyrillic=cyrillic, latin=latin, at=START + timedelta(hours=2))


def link(lists: TwoLists, *, by: User, is_full: bool = False) -> LinkRun:
    """Let the linkage engine compare both lists."""
    return operations.run_linkage(lists=[lists.cyrillic, lists.latin], is_full=is_full, by=by, at=lists.at)
