"""Measure the import of a large list: parse, stage, apply, approve, and a newer edition on top.

Usage: python benchmarks/import_lists.py [--rows 100000] [--kind csv|xlsx] [--folder DIR] [--keep]

Makes its own list of invented people (fixed seed, names put together from invented parts), imports it into an
empty database (SQLite in a temporary folder, or the one of KUAGER_DATABASE_URL) and prints one JSON object:
seconds by phase, rows a second, peak memory in MiB.
"""

import argparse
import csv
import json
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

HEADER = (
    "№",
    "ФИО",
    "Пол",
    "Возраст",
    "Дата рождения",
    "Дата события",
    "Город",
    "Область",
    "Адрес",
    "Статус",
    "Категория",
    "Примечание",
)
STARTS = ("Ай", "Бек", "Дар", "Ер", "Жан", "Қай", "Мар", "Нұр", "Сай", "Тас", "Ұла", "Шың", "Өте", "Орал")
ENDS = ("дар", "бек", "лан", "жан", "хан", "мыр", "тай", "гүл", "зат", "нар", "рат", "ман", "кен", "дос")
PLACES = ("Алматы", "Тараз", "Актау", "Семей", "Шымкент", "Қызылорда", "Атырау", "Актобе", "неизвестно")
STATUSES = ("погиб", "ранен", "задержан", "арестован", "освобожден", "пропал", "")
NOW = datetime(2022, 3, 1, tzinfo=UTC)


def invented_rows(count: int, seed: int = 20220105) -> Iterator[list[str]]:
    """Yield rows of invented people."""
    choose = random.Random(seed)
    parts = [start + end for start in STARTS for end in ENDS]
    for number in range(1, count + 1):
        family, given, father = (choose.choice(parts) + choose.choice(ENDS) for _ in range(3))
        age = choose.randrange(1, 90)
        day = date(2022, 1, 2) + timedelta(days=choose.randrange(20))
        born = date(2022 - age - 1, 1, 1) + timedelta(days=choose.randrange(365))
        place = choose.choice(PLACES)
        yield [
            str(number),
            f"{family.capitalize()}ов {given.capitalize()} {father.capitalize()}ұлы",
            choose.choice("мж"),
            str(age),
            born.strftime("%d.%m.%Y") if choose.random() < 0.7 else "",
            day.strftime("%d.%m.%Y") if choose.random() < 0.9 else "начало января",
            place,
            "",
            f"{place}, ул. {given}, {choose.randrange(1, 200)}",
            choose.choice(STATUSES),
            choose.choice(("протест", "прохожий", "")),
            f"со слов родных, запись {choose.randrange(10**9)}",
        ]


def write_list(path: Path, rows: list[list[str]]) -> None:
    """Write the rows as CSV or xlsx, by the ending of the path."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows([list(HEADER), *rows])
        return
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("list")
    for row in (HEADER, *rows):
        sheet.append(list(row))
    book.save(path)


def newer(rows: list[list[str]], seed: int = 7) -> list[list[str]]:
    """Return a newer edition: one in fifty gone, one in twenty changed, one in twenty new."""
    choose = random.Random(seed)
    kept = [list(row) for row in rows if choose.random() >= 0.02]
    for row in kept:
        if choose.random() < 0.05:
            row[9] = "освобожден"
    return kept + list(invented_rows(len(rows) // 20, seed=99))


class Clock:
    """Seconds by phase."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.cpu: dict[str, float] = {}
        self._last, self._cpu = time.perf_counter(), time.process_time()

    def lap(self, phase: str) -> None:
        """Note the time since the phase before."""
        now, cpu = time.perf_counter(), time.process_time()
        self.seconds[phase], self._last = round(now - self._last, 2), now
        self.cpu[phase], self._cpu = round(cpu - self._cpu, 2), cpu


def measure(folder: Path, rows: int, kind: str) -> dict[str, object]:
    """Import the list and a newer edition of it."""
    from kuager.domain.accounts.operations import create_user
    from kuager.domain.accounts.terms import Role
    from kuager.domain.lists import operations, queries
    from kuager.domain.places.operations import load_places
    from kuager.domain.sources.operations import get_or_create_publisher

    first, second = folder / f"first.{kind}", folder / f"second.{kind}"
    people = list(invented_rows(rows))
    write_list(first, people)
    write_list(second, newer(people))
    del people
    asel = create_user(username="asel", role=Role.DOCUMENTER)
    gulnar = create_user(username="gulnar", role=Role.DOCUMENTER)
    load_places(by=asel, at=NOW)
    publisher = get_or_create_publisher(name="Benchmark", kind="ngo", by=asel, at=NOW)
    chosen = operations.create_list(publisher=publisher, title="Benchmark", by=asel, at=NOW)
    before_mb, clock = peak_mb(), Clock()
    counts = {}
    for number, path in enumerate((first, second)):
        at, prefix = NOW + timedelta(days=number), ("", "newer_")[number]
        mapping = queries.preview(path).mapping
        clock.lap(f"{prefix}preview")
        edition = operations.begin_edition(
            casualty_list=chosen,
            as_of=date(2022, 2, 1 + number),
            path=path,
            file_name=path.name,
            mapping=mapping,
            by=asel,
            at=at,
        )
        edition = operations.stage_edition(edition=edition, path=path, by=asel, at=at)
        clock.lap(f"{prefix}stage")
        counts[f"{prefix}counts"] = operations.apply_edition(edition=edition, by=asel, at=at).to_json()
        clock.lap(f"{prefix}apply")
        operations.approve_edition(edition=edition, by=gulnar, at=at + timedelta(hours=1))
        clock.lap(f"{prefix}approve")
    operations.undo_edition(edition=edition, reason="benchmark", by=asel, at=NOW + timedelta(days=2))
    clock.lap("undo_newer")
    total = sum(clock.seconds[phase] for phase in ("preview", "stage", "apply"))
    return {
        "rows": rows,
        "kind": kind,
        "seconds": clock.seconds,
        "import_seconds": round(total, 2),
        "rows_per_second": round(rows / total),
        "cpu_seconds": clock.cpu,
        "peak_mb": peak_mb(),
        "peak_mb_before": before_mb,
        **counts,
    }


def peak_mb() -> int:
    """Return the largest resident size so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Set up an empty database, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--kind", choices=("csv", "xlsx"), default="xlsx")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--keep", action="store_true", help="keep the database")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="kuager-benchmark-"))
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["KUAGER_DATA"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuager.project.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    result = measure(folder, options.rows, options.kind)
    print(json.dumps({"database": connection.vendor, **result}, ensure_ascii=False))
    connection.close()
    if not options.keep:
        shutil.rmtree(folder)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
