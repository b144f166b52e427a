"""Measure the match index: one new report against a large register of invented people.

Usage: python benchmarks/incremental.py [--records 100000] [--questions 600] [--keep FOLDER]

People are made from parts of names and belong to nobody. The model is learned by linking a sample; the index
holds all records; each question is a report about somebody on file, written with one kind of slip. Prints one
JSON object: building in CPU seconds, peak memory, milliseconds per answer, and the share of questions whose
person stands among the first twenty candidates; and how linking only what an edition changed compares with
linking everything anew.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from kuager.engines.linkage import LinkResult, link, load_model, save_model
from kuager.engines.linkage.incremental import MatchIndex, Rules, refresh_links

Person = dict[str, str]
HEADS = (  # noqa: SIM905  # sixty parts read better in lines
    "Нұр Бек Жан Ер Бақыт Сер Ай Алтын Қайрат Дәу Мұх Өмір Тем Қан Сұл Ал Әбі Ғал Жақ Құд Мақ Ора Рах Сағ Тоқ"
    " Шың Бауыр Дос Есен Жұма Кен Қасым Мейр Нар Сән Төле Тұр Асқ Бол Иса Зейн Ырыс Әді Қуан Бай Таң Үміт"
).split()
TAILS = (  # noqa: SIM905
    "лан бек жан бай хан ғали тай бол ік ат ар ымбек гелді ияр мұрат сұлтан құл дәулет қали ғазы бала мас"
    " ерлан мир тоғай нияз берген қожа сейіт табек"
).split()
PLACES = (  # noqa: SIM905
    "Алматы Астана Шымкент Тараз Қызылорда Ақтөбе Семей Өскемен Талдықорған Қарағанды Атырау Ақтау Орал"
    " Павлодар Қостанай Көкшетау Жаңаөзен Екібастұз Түркістан Қаскелең"
).split()
LATIN = dict(
    zip(
        "аәбвгғдежзийкқлмнңоөпрстуұүфхһцчшщыіэюяьъ",
        "a a b v g gh d e zh z i y k k l m n n o o p r s t u u u f kh h ts ch sh shch y i e yu ya - -".split(),  # noqa: SIM905, E501
        strict=True,
    )
)
RUSSIAN = str.maketrans("әғқңөұүһіӘҒҚҢӨҰҮҺІ", "агкноуухиАГКНОУУХИ")
SAMPLE = 20_000
# Rows of the second list that come, and as many that go.
CHANGED = 200


def names() -> tuple[list[str], list[float]]:
    """Return invented given names with how common they are: a few common, many rare."""
    made = sorted({(head + tail).capitalize() for head in HEADS for tail in TAILS})
    random.Random(5).shuffle(made)
    return made, [1 / (rank + 1) ** 0.6 for rank in range(len(made))]


def people(count: int, seed: int) -> Iterator[Person]:
    """Invent people: the name in parts, a birth day, a place and the day of an event."""
    chance = random.Random(seed)
    made, common = names()
    given, roots, fathers = (chance.choices(made, common, k=count) for _ in range(3))
    places = chance.choices(PLACES, [9] + [1.0] * (len(PLACES) - 1), k=count)
    for number in range(count):
        year = min(2015, max(1935, round(chance.gauss(1988, 12))))
        yield {
            "id": str(number),
            "given": given[number],
            "family": roots[number] + ("ев" if roots[number][-1] in "иы" else "ов"),
            "patronymic": fathers[number] + "ұлы",
            "birth_date": f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
            "place": places[number],
            "event_date": f"2022-01-{chance.randint(2, 14):02}",
            "sex": "м",
        }


def latin(text: str) -> str:
    """Write in Latin letters."""
    letters = (LATIN.get(letter.lower(), letter) for letter in text)
    return "".join(letters).replace("-", "").capitalize()


def written(person: Person, chance: random.Random) -> Person:
    """Write a person down as registers do: in one of three spellings, with some fields left out."""
    spell = chance.choice((str, lambda text: text.translate(RUSSIAN), latin))
    said = {field: spell(person[field]) for field in ("given", "family", "patronymic", "place")}
    if chance.random() < 0.4:
        said["patronymic"] = ""
    if chance.random() < 0.15:
        said["place"] = ""
    birth = person["birth_date"]
    kind = chance.random()
    said["birth_date"] = birth if kind < 0.4 else birth[:4] if kind < 0.8 else ""
    said["event_date"] = person["event_date"] if chance.random() < 0.7 else ""
    return person | said


def typo(word: str, chance: random.Random) -> str:
    """Leave a letter out, exchange two, or write another, inside the word."""
    place, kind = chance.randrange(1, len(word) - 1), chance.randrange(3)
    letters = "аеионрстл" if ord(word[0]) > 1000 else "aeionrstl"
    middle = ("", word[place + 1] + word[place], chance.choice(letters))[kind]
    return word[:place] + middle + word[place + (2 if kind == 1 else 1) :]


def with_typo(person: Person, chance: random.Random) -> Person:
    """Slip once in the given or family name."""
    part = chance.choice(("given", "family"))
    return person | {part: typo(person[part], chance)}


def with_two_typos(person: Person, chance: random.Random) -> Person:
    """Slip once in both names."""
    return person | {part: typo(person[part], chance) for part in ("given", "family")}


def transliterated(person: Person, chance: random.Random) -> Person:
    """Write every part in the other alphabet."""
    del chance
    parts = ("given", "family", "patronymic", "place")
    if ord((person["given"] or "a")[0]) < 1000:
        return person
    return person | {part: latin(person[part]) for part in parts}


def swapped(person: Person, chance: random.Random) -> Person:
    """Exchange given and family name."""
    del chance
    return person | {"given": person["family"], "family": person["given"]}


def without_patronymic(person: Person, chance: random.Random) -> Person:
    """Leave the father's name out."""
    del chance
    return person | {"patronymic": ""}


def names_and_age(person: Person, chance: random.Random) -> Person:
    """Know the names and about how old: no place, no day."""
    age = 2022 - int((person["birth_date"] or "1990")[:4]) + chance.choice((-1, 0, 0))
    return person | {"birth_date": "", "age": str(age), "place": "", "event_date": ""}


SLIPS: dict[str, Callable[[Person, random.Random], Person]] = {
    "typo": with_typo,
    "typo in both names": with_two_typos,
    "transliterated": transliterated,
    "swapped parts": swapped,
    "no patronymic": without_patronymic,
    "names and age only": names_and_age,
}


def questions(truth: list[Person], count: int) -> Iterator[tuple[str, Person]]:
    """Write new reports about people on file, a share for each kind of slip."""
    chance = random.Random(11)
    for number, person in enumerate(chance.sample(truth, count)):
        kind = list(SLIPS)[number % len(SLIPS)]
        report = SLIPS[kind](written(person, chance), chance)
        yield kind, report


def peak_mib() -> int:
    """Return the most memory this process held so far; ``getrusage`` would count the parent's as well."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


def prepare_files(folder: Path, records: int, count: int) -> None:
    """Invent the register and the questions, and learn the model on a sample."""
    chance = random.Random(3)
    truth = list(people(records, 1))
    register = pl.DataFrame([written(person, chance) for person in truth])
    register.write_parquet(folder / "register.parquet")
    (folder / "questions.json").write_text(json.dumps(list(questions(truth, count))), encoding="utf-8")
    again = pl.DataFrame([written(person, chance) for person in truth[: SAMPLE // 3]])
    trained = link({"register": register.head(SAMPLE), "report": again}).trained
    if trained is None:
        raise SystemExit("nothing was learned")
    save_model(trained, folder / "model.json")


def build(folder: Path) -> dict[str, object]:
    """Build the index."""
    path = folder / "index.sqlite3"
    register = pl.read_parquet(folder / "register.parquet")
    trained = load_model(folder / "model.json")
    wall, cpu, before = time.perf_counter(), time.process_time(), peak_mib()
    MatchIndex.build(path, {"register": register}, trained).close()
    return {
        "records": register.height,
        "seconds": round(time.perf_counter() - wall, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "file_mib": path.stat().st_size >> 20,
        "peak_mib": {"before": before, "after": peak_mib()},
    }


def ask(folder: Path) -> dict[str, object]:
    """Ask all questions; return times and recall."""
    taken: list[float] = []
    found: dict[str, list[bool]] = {kind: [] for kind in SLIPS}
    first: list[bool] = []
    index = MatchIndex.open(folder / "index.sqlite3")
    cpu = time.process_time()
    for kind, report in json.loads((folder / "questions.json").read_text(encoding="utf-8")):
        asked = {field: value for field, value in report.items() if field != "id"}
        start = time.perf_counter()
        answer = index.candidates("report", asked, limit=20)
        taken.append(1000 * (time.perf_counter() - start))
        found[kind].append(report["id"] in [candidate.id for candidate in answer])
        first.append(bool(answer) and answer[0].id == report["id"])
    index.close()
    taken.sort()
    every = [hit for hits in found.values() for hit in hits]
    return {
        "questions": len(every),
        "ms": {
            "p50": round(taken[len(taken) // 2], 1),
            "p95": round(taken[int(0.95 * len(taken))], 1),
            "max": round(taken[-1], 1),
            "cpu_mean": round(1000 * (time.process_time() - cpu) / len(every), 1),
        },
        "peak_mib": peak_mib(),
        "recall_at_20": round(sum(every) / len(every), 4),
        "recall_at_1": round(sum(first) / len(first), 4),
        "recall_at_20_by_slip": {kind: round(sum(hits) / len(hits), 4) for kind, hits in found.items()},
    }


def relink(folder: Path) -> dict[str, object]:
    """Link two lists, change a few rows of the second, and link what changed beside linking anew."""
    chance = random.Random(17)
    truth = list(people(SAMPLE, 1))
    register = pl.DataFrame([written(person, chance) for person in truth])
    report = [written(person, chance) for person in truth[: SAMPLE // 3]]
    first = link({"register": register, "report": pl.DataFrame(report[:-CHANGED])})
    gone = {str(number) for number in range(0, CHANGED * 10, 10)}
    now = pl.DataFrame(row for row in report if row["id"] not in gone)
    frames = {"register": register, "report": now}
    started = time.process_time()
    anew = link(frames)
    full = time.process_time() - started
    if first.trained is None:
        raise SystemExit("nothing was learned")
    started = time.process_time()
    index = MatchIndex.build(folder / "relink.sqlite3", frames, first.trained)
    built = time.process_time() - started
    started = time.process_time()
    kept, touched = first.pairs, touched_by(first.pairs, report, gone)
    records = pl.concat(frame.select(pl.lit(name).alias("list"), "id") for name, frame in frames.items())
    rows = {(name, row["id"]): row for name, frame in frames.items() for row in frame.iter_rows(named=True)}
    asked = {key: rows[key] for key in touched if key in rows}
    some = refresh_links(index, kept, records, asked, rules=Rules())
    took = time.process_time() - started
    index.close()
    links = [links_of(result) for result in (some, anew)]
    return {
        "records": records.height,
        "came": CHANGED,
        "went": len(gone),
        "looked_up": len(asked),
        "cpu_seconds": {
            "anew": round(full, 1),
            "only what changed": round(took, 1),
            "its index, where there is none": round(built, 1),
        },
        "links": {"both": len(links[0] & links[1]), "anew": len(links[1]), "changed only": len(links[0])},
    }


def touched_by(pairs: pl.DataFrame, report: list[Person], gone: set[str]) -> set[tuple[str, str]]:
    """Return the records that came, and those that had a pair with one that went."""
    touched = {("report", row["id"]) for row in report[-CHANGED:]}
    for list_l, id_l, list_r, id_r in pairs.select("list_l", "id_l", "list_r", "id_r").iter_rows():
        ends = ((list_l, id_l), (list_r, id_r))
        if any(name == "report" and key in gone for name, key in ends):
            touched.update(ends)
    return touched


def links_of(result: LinkResult) -> set[frozenset[tuple[str, str]]]:
    """Return the pairs from one half on."""
    sure = result.pairs.filter(pl.col("probability") >= 0.5)
    rows = sure.select("list_l", "id_l", "list_r", "id_r").iter_rows()
    return {frozenset({(a, b), (c, d)}) for a, b, c, d in rows}


STEPS: dict[str, Callable[[Path], dict[str, object]]] = {"build": build, "ask": ask, "relink": relink}


def step(name: str, folder: Path) -> dict[str, object]:
    """Run one step in a process of its own, so that its memory can be told."""
    command = [sys.executable, __file__, "--step", name, "--keep", str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603  # ourselves
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def main() -> None:
    """Prepare, build, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=600)
    parser.add_argument("--keep", type=Path, help="a folder for the files; a temporary one otherwise")
    parser.add_argument("--step", choices=sorted(STEPS), help="only this step, in the folder kept before")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        if arguments.step:
            figures = STEPS[arguments.step](folder)
        else:
            prepare_files(folder, arguments.records, arguments.questions)
            figures = {name: step(name, folder) for name in STEPS}
    json.dump(figures, sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
