"""Measure the register with invented people: writing, counting, searching. Prints one JSON object.

    python benchmarks/register.py [--people 100000] [--keep FOLDER]

Uses a fresh SQLite database in a temporary folder, or the empty PostgreSQL database that KUAGER_DATABASE_URL
names. The people are made from parts of words and belong to nobody.
"""

import argparse
import json
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

AT = datetime(2026, 1, 1, tzinfo=UTC)
FIRST_DAY = date(2022, 1, 4)
HEADS = "Ас Бек Дар Ер Жан Кан Мар Нур Сан Тем Уал Аб Ай Бау Гал Ес Жум Кай Мед Рах".split()
TAILS = "ат ан ар бек ет жан ил ис лан мат ник ол рат сул тан тай ур хан ын ия".split()
ENDINGS = "ов ев ин баев беков ханов жанов таев".split()
LATIN = str.maketrans(
    "абвгдежзийклмнопрстуфхцчшыэАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЫЭ",
    "abvgdejziyklmnoprstufhccsyeABVGDEJZIYKLMNOPRSTUFHCCSYE",
)


def made_up_name(chance: random.Random) -> str:
    """Make a family name and a given name from parts."""
    family = chance.choice(HEADS) + chance.choice(TAILS) + chance.choice(TAILS) + chance.choice(ENDINGS)
    given = chance.choice(HEADS) + chance.choice(TAILS) + chance.choice(["", "", chance.choice(TAILS)])
    return f"{family} {given}"


def milliseconds(work: Callable[[], object], *, rounds: int = 9) -> dict[str, float]:
    """Run something several times; return the median and the 95th percentile."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - start))
    return summarised(taken)


def summarised(taken: list[float]) -> dict[str, float]:
    """Return the median and the 95th percentile of times."""
    ordered = sorted(taken)
    return {
        "median_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 1),
    }


def with_one_typo(name: str, chance: random.Random) -> str:
    """Replace one letter inside the family name."""
    place = chance.randrange(2, 5)
    return name[:place] + chance.choice("абеикостр") + name[place + 1 :]


def main() -> None:
    """Write, count and search, then print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="a folder for the database; a temporary one otherwise")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KUAGER_DATA"] = str(arguments.keep or folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuager.project.settings")
        from kuager.interfaces.cli.setup import start_django

        start_django()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        json.dump(measure(arguments.people), sys.stdout, indent=2)
        sys.stdout.write("\n")


def measure(people: int) -> dict[str, object]:
    """Fill the register and ask it questions."""
    from django.db import connection

    written, names, person_ids = write(people)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        "database": connection.vendor,
        "people": people,
        "write": written,
        "peak_memory_mib": peak,
        "count": counts(),
        "search": searches(names, person_ids),
        "published_rows": published(),
    }


def write(people: int) -> tuple[dict[str, float], list[str], list[int]]:
    """Import invented people as one list, then approve the deaths."""
    from django.db import transaction

    from kuager.domain.accounts.operations import create_user
    from kuager.domain.accounts.terms import Role
    from kuager.domain.people import operations as people_operations
    from kuager.domain.people.rules import NewRecord, RecordDraft
    from kuager.domain.people.terms import Sex
    from kuager.domain.places.models import Place
    from kuager.domain.places.operations import load_places
    from kuager.domain.register import operations
    from kuager.domain.register.rules import AssertionDraft, NewAssertion
    from kuager.domain.register.terms import Status
    from kuager.domain.sources import operations as sources

    chance = random.Random(7)  # noqa: S311  # reproducible, not secret
    asel = create_user(username="asel", role=Role.DOCUMENTER)
    gulnar = create_user(username="gulnar", role=Role.DOCUMENTER)
    load_places(by=asel, at=AT)
    publisher = sources.get_or_create_publisher(name="Invented list", kind="ngo", by=asel, at=AT)
    told = date(2022, 2, 1)
    source = sources.add_source(publisher=publisher, kind="list", title="list", told_on=told, by=asel, at=AT)
    citation = sources.add_citation(source=source, by=asel, at=AT)
    consent = sources.record_consent(
        purpose="publication",
        given="already_public",
        fields=["name", "age", "place", "status"],
        given_on=told,
        by=asel,
        at=AT,
    )
    places = list(Place.objects.values_list("pk", flat=True))
    names = [made_up_name(chance) for _ in range(people)]
    drafts = [
        NewRecord(
            draft=RecordDraft(
                name=name.translate(LATIN) if chance.random() < 0.3 else name,
                sex=chance.choice([Sex.MALE, Sex.MALE, Sex.FEMALE, Sex.UNKNOWN]),
                age_min=(age := chance.randrange(5, 80)),
                age_max=age,
                category=chance.choice(["", "", "bystander", "medic"]),
            ),
            citation_id=citation.pk,
            told_on=told,
            consent_id=consent.pk,
        )
        for name in names
    ]
    taken: dict[str, float] = {}
    start = time.perf_counter()

    def lap(what: str) -> None:
        nonlocal start
        taken[what] = round(time.perf_counter() - start, 2)
        start = time.perf_counter()

    statuses = (Status.DETAINED, Status.DETAINED, Status.DEAD, Status.INJURED, Status.MISSING)
    from kuager.core.dates import from_day

    with transaction.atomic():
        added = people_operations.add_records(drafts=drafts, by=asel, at=AT, cause="benchmark")
        lap("add_records_s")
        assertions = [
            NewAssertion(
                record_id=record.id,
                citation_id=citation.pk,
                draft=AssertionDraft(
                    status=chance.choice(statuses),
                    told_on=told,
                    since=from_day(FIRST_DAY + timedelta(days=chance.randrange(21))),
                    place_id=chance.choice(places),
                ),
            )
            for record in added
        ]
        lap("make_assertions_s")
        numbers = operations.add_assertions(assertions=assertions, by=asel, at=AT)
        lap("add_assertions_s")
        operations.derive([record.home_person_id for record in added], at=AT, cause="benchmark")
        lap("derive_s")
    lap("commit_s")
    operations.approve_assertions(assertion_ids=numbers, by=gulnar, at=AT + timedelta(hours=1))
    lap("approve_deaths_s")
    return taken, names, [record.home_person_id for record in added]


def counts() -> dict[str, dict[str, float]]:
    """Ask for counts of several kinds, as known now and as known before the approvals."""
    from kuager.domain.register import queries
    from kuager.domain.register.terms import Dimension as D

    asked: dict[str, tuple[D, ...]] = {
        "status": (D.STATUS,),
        "status,region": (D.STATUS, D.REGION),
        "region,sex,age_group": (D.REGION, D.SEX, D.AGE_GROUP),
        "fate,custody,health,legal": (D.FATE, D.CUSTODY, D.HEALTH, D.LEGAL),
        "status,place,sex,age_group,category": (D.STATUS, D.PLACE, D.SEX, D.AGE_GROUP, D.CATEGORY),
        "source,status": (D.SOURCE, D.STATUS),
    }
    day = date(2022, 1, 20)
    taken = {}
    for moment, known_at in (("now", None), ("past", AT + timedelta(minutes=1))):
        for name, by in asked.items():
            taken[f"{name} ({moment})"] = milliseconds(
                lambda by=by, known_at=known_at: queries.count(as_of=day, known_at=known_at, by=by)
            )
    taken["daily_counts of 90 days"] = milliseconds(
        lambda: queries.daily_counts(first=FIRST_DAY, last=FIRST_DAY + timedelta(days=90))
    )
    return taken


def searches(names: list[str], person_ids: list[int]) -> dict[str, dict[str, float]]:
    """Search known persons in several ways, and say how often that very person is among the 20 best.

    Several invented people share a name, and thousands a given name: not all of them fit into 20.
    """
    from kuager.domain.people.queries import search

    chance = random.Random(11)  # noqa: S311  # reproducible, not secret
    start = time.perf_counter()
    search("Асатов")
    results = {"first search of the process": {"ms": round(1000 * (time.perf_counter() - start), 1)}}
    ways: dict[str, Callable[[str], str]] = {
        "as written": lambda name: name,
        "in Latin letters": lambda name: name.translate(LATIN),
        "one typo": lambda name: with_one_typo(name, chance),
        "family name only": lambda name: name.split()[0],
        "given name only": lambda name: name.split()[1],
        "beginning": lambda name: name[:5],
        "family name and two letters": lambda name: name[: name.index(" ") + 3],
    }
    for way, change in ways.items():
        taken = []
        found = 0
        for place in chance.sample(range(len(names)), 100):
            typed = change(names[place])
            start = time.perf_counter()
            hits = search(typed)
            taken.append(1000 * (time.perf_counter() - start))
            found += any(hit.person_id == person_ids[place] for hit in hits)
        results[way] = summarised(taken) | {"found_in_20": round(found / 100, 3)}
    return results


def published() -> dict[str, float]:
    """Read every row of a publication."""
    from kuager.domain.register import queries

    start = time.perf_counter()
    rows = sum(1 for _ in queries.published_rows(as_of=date(2022, 1, 20), known_at=None, consent_at=AT))
    return {"rows": rows, "seconds": round(time.perf_counter() - start, 2)}


if __name__ == "__main__":
    main()
