"""Small invented lists, written as CSV files, and the acts that import them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from kuager.domain.accounts.models import User
from kuager.domain.lists import operations, queries
from kuager.domain.lists.models import CasualtyList, ListEdition
from kuager.domain.sources.operations import get_or_create_publisher

NOW = datetime(2022, 2, 1, 12, tzinfo=UTC)
HEADER = ("№", "ФИО", "Возраст", "Дата", "Город", "Статус")
FIRST = (
    ("1", "Тасболатов Ерден Серикович", "34", "06.01.2022", "Алматы", "задержан"),
    ("2", "Оралханов Дидар", "19", "05.01.2022", "Тараз", "погиб"),
    ("3", "Жүнісова Айдана", "27", "07.01.2022", "Алматы", "ранена"),
    ("4", "Қабылбек Нұрлан", "41", "06.01.2022", "Актобе", "задержан"),
)
# One gone, one with another age, one new, two as they were; and the running numbers moved.
SECOND = (
    ("1", "Тасболатов Ерден Серикович", "34", "06.01.2022", "Алматы", "освобожден"),
    ("2", "Жүнісова Айдана", "27", "07.01.2022", "Алматы", "ранена"),
    ("3", "Қабылбек Нұрлан", "41", "06.01.2022", "Актобе", "задержан"),
    ("4", "Сыздықов Мейірбек", "52", "08.01.2022", "Семей", "пропал"),
)


def later(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def write_csv(path: Path, rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> Path:
    lines = [";".join(row) for row in (header, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def new_list(
    by: User, *, title: str = "List", publisher: str = "Open List", status: str = ""
) -> CasualtyList:
    owner = get_or_create_publisher(name=publisher, kind="ngo", by=by, at=NOW)
    return operations.create_list(publisher=owner, title=title, default_status=status, by=by, at=NOW)


def begin(
    casualty_list: CasualtyList,
    path: Path,
    by: User,
    *,
    as_of: date,
    at: datetime = NOW,
    keep_removed: bool = False,
) -> ListEdition:
    return operations.begin_edition(
        casualty_list=casualty_list,
        as_of=as_of,
        path=path,
        file_name=path.name,
        mapping=queries.preview(path).mapping,
        keep_removed=keep_removed,
        by=by,
        at=at,
    )


def stage(
    casualty_list: CasualtyList, path: Path, by: User, *, as_of: date, at: datetime = NOW
) -> ListEdition:
    edition = begin(casualty_list, path, by, as_of=as_of, at=at)
    return operations.stage_edition(edition=edition, path=path, by=by, at=at)


def load(
    casualty_list: CasualtyList, path: Path, by: User, *, as_of: date, at: datetime = NOW
) -> ListEdition:
    edition = stage(casualty_list, path, by, as_of=as_of, at=at)
    operations.apply_edition(edition=edition, by=by, at=at)
    edition.refresh_from_db()
    return edition
