"""Measure the pages of the desk over a register of invented people. Prints one JSON object.

First make the register: python benchmarks/register.py --people 100000 --keep FOLDER
Then: python benchmarks/desk.py FOLDER
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable

RUNS = 5
PAGES = (
    "",
    "register/",
    "register/?status=dead&page=50",
    "register/stale/",
    "counts/",
    "counts/?as_of=2022-01-20&by_1=status&by_2=region&by_3=sex",
    "changes/",
    "review/",
    "lists/",
)
SEARCHES = ("Ерлан", "Нурланов Б", "Nurlanov")


def main() -> None:
    """Ask for each page a few times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="where benchmarks/register.py --keep put the database")
    os.environ["KUAGER_DATA"] = parser.parse_args().folder
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuager.project.settings")
    import django

    django.setup()
    print(json.dumps({"milliseconds, median of 5": measure()}, ensure_ascii=False, indent=1))


def measure() -> dict[str, float]:
    """Return the median for each page, and for a person and some searches."""
    from django.conf import settings
    from django.test import Client

    from kuager.domain.accounts.models import User
    from kuager.domain.accounts.operations import create_user
    from kuager.domain.accounts.terms import Role
    from kuager.domain.register.models import Entry

    settings.ALLOWED_HOSTS = ["testserver"]
    reader = User.objects.filter(username="reader").first()
    client = Client()
    client.force_login(reader or create_user(username="reader", role=Role.DOCUMENTER))
    person = Entry.objects.select_related("person").first()
    pages = [*PAGES, f"register/{person.person.code}/"] if person else [*PAGES]
    found = {page or "home": median_ms(lambda page=page: client.get(f"/en/desk/{page}")) for page in pages}  # type: ignore[misc]  # the loop's page
    for text in SEARCHES:
        answer = median_ms(lambda text=text: client.post("/en/desk/register/search/", {"text": text}))  # type: ignore[misc]  # the loop's text
        found[f"search {text}"] = answer
    return found


def median_ms(ask: Callable[[], object]) -> float:
    """Return the median time of an answer; the first one, which loads code, is not counted."""
    ask()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        ask()
        times.append((time.perf_counter() - start) * 1000)
    return round(statistics.median(times), 1)


if __name__ == "__main__":
    main()
