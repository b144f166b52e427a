"""Measure the reading of spreadsheets: 100,000 invented rows of 12 columns as csv and xlsx; prints JSON.

python benchmarks/tables.py [--rows 100000]
"""

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from itertools import islice
from pathlib import Path

import openpyxl

from kuager.engines import tables

HEADER = ["№", "ФИО", "Пол", "Возраст", "Дата задержания", "Место", "Регион", "Статус", "Дата статуса"]
HEADER += ["Учреждение", "Примечание", "Ссылка"]
FAMILY = ["Асанов", "Сериков", "Жумабеков", "Ким", "Оспанов", "Ахметов", "Тлеуов", "Нурланов"]
GIVEN = ["Болат", "Ерлан", "Данияр", "Фархат", "Самат", "Алмас", "Кайрат", "Тимур"]
WHEN = ["06.01.2022", "5-6 января", "начало января", "2022-01-07", "8 қаңтар 2022", "неизвестно"]
STATUS = ["задержан", "арестован", "ранен, госпитализирован", "освобожден", "погиб"]


def invented_rows(count: int) -> list[list[str | int | date]]:
    """Make rows in which names are all different and other values repeat, as on real lists."""
    choose = random.Random(2022).choice
    return [
        [
            number,
            f"{choose(FAMILY)} {choose(GIVEN)} {choose(GIVEN)}ович-{number}",
            choose("мж"),
            choose(["11 лет", "34", "34-35", "около 30"]),
            choose(WHEN),
            choose(["Алматы", "Шымкент", "Тараз"]),
            choose(["г. Алматы", "Туркестанская область"]),
            choose(STATUS),
            date(2022, 1, 1 + number % 28),
            "ИВС",
            f"запись {number}",
            f"https://example.org/{number}",
        ]
        for number in range(1, count + 1)
    ]


def write_files(folder: Path, count: int) -> None:
    """Write the rows as list.csv and list.xlsx."""
    rows = invented_rows(count)
    with (folder / "list.csv").open("w", encoding="kz1048", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([name.replace("№", "N") for name in HEADER])
        writer.writerows(rows)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Список")
    for row in [HEADER, *rows]:
        sheet.append(row)
    book.save(folder / "list.xlsx")


def measure(path: Path) -> dict[str, float]:
    """Read a file twice: its rows only, then with every person parsed and made JSON."""
    # CPU seconds of this process: others may use the machine.
    started = time.process_time()
    workbook = tables.read_sheets(path)
    sample = list(islice(tables.iter_rows(workbook), 60))
    header = tables.find_header(sample)
    mapping = tables.propose_mapping(header.names, sample[header.row_number :])
    looked = time.process_time()
    rows = sum(1 for _ in tables.iter_rows(workbook))
    read = time.process_time()
    context = tables.RowContext(as_of=date(2022, 2, 1))
    persons = 0
    below = (row for row in tables.iter_rows(workbook) if row.number > header.row_number)
    for row in tables.parse_rows(below, mapping, context):
        persons += len([person.to_json() for person in row.persons])
    parsed = time.process_time()
    return {
        "rows": rows,
        "persons": persons,
        "look_s": round(looked - started, 2),
        "read_s": round(read - looked, 2),
        "read_and_parse_s": round(parsed - read, 2),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Measure each file in a process of its own, so that peaks of memory do not mix."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--file", type=Path)
    options = parser.parse_args()
    if options.file:
        sys.stdout.write(json.dumps(measure(options.file)))
        return
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), options.rows)
        results = {}
        for name in ("list.csv", "list.xlsx"):
            command = [sys.executable, __file__, "--file", str(Path(folder) / name)]
            output = subprocess.run(command, capture_output=True, check=True, timeout=600)  # noqa: S603 - our own script
            results[name] = json.loads(output.stdout)
    sys.stdout.write(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
