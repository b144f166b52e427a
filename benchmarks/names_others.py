"""Score pairs of names with other programs, for comparison. Runs in an environment of its own.

Usage: OTHER/bin/python benchmarks/names_others.py < pairs.json > scores.json

``names.py --others OTHER/bin/python`` calls it. Make the environment with

    python3 -m venv OTHER && OTHER/bin/pip install rapidfuzz nomenklatura PyICU

(PyICU is compiled: on Debian it needs ``libicu-dev`` and ``pkg-config``.) What is not installed is left out.
Pairs are a JSON list of lists of two names; the answer has, for each method, its version, the scores (0 to 1)
and how many pairs a CPU second it took.

Methods: ``icu-jaro-winkler`` puts both names into Latin letters with ICU and pairs their words by greatest
Jaro-Winkler similarity, the mean weighted by length; ``wratio`` is rapidfuzz's WRatio on the same letters;
``logic-v2`` is nomenklatura's matcher for sanctions lists, given two persons that have a name only.
"""

import json
import sys
import time
import unicodedata
from collections.abc import Callable
from functools import lru_cache

Score = Callable[[str, str], float]


def _plain() -> tuple[Callable[[str], str], str]:
    """Return how to write a name in plain Latin letters: by ICU, or without it only without accents."""
    try:
        import icu
    except ImportError:
        return lambda text: unicodedata.normalize("NFKD", text).casefold(), ""
    latin = icu.Transliterator.createInstance("Any-Latin; Latin-ASCII; Lower")
    return lru_cache(maxsize=100_000)(latin.transliterate), icu.VERSION


def _jaro_winkler() -> tuple[Score, str] | None:
    try:
        from rapidfuzz.distance import JaroWinkler
    except ImportError:
        return None
    plain, version = _plain()
    if not version:
        return None

    @lru_cache(maxsize=100_000)
    def words(name: str) -> tuple[str, ...]:
        cleaned = "".join(letter if letter.isalnum() else " " for letter in plain(name).replace("'", ""))
        return tuple(cleaned.split())

    def score(one: str, other: str) -> float:
        fewer, more = sorted((words(one), words(other)), key=len)
        left, found, weight = list(more), 0.0, 0
        for word in sorted(fewer, key=len, reverse=True):
            best = max(left, key=lambda candidate: JaroWinkler.similarity(word, candidate))
            found += len(word) * JaroWinkler.similarity(word, best)
            weight += len(word)
            left.remove(best)
        return found / weight if weight else 0.0

    return score, f"PyICU {version}"


def _wratio() -> tuple[Score, str] | None:
    try:
        import rapidfuzz
    except ImportError:
        return None
    plain, _ = _plain()
    return lambda one, other: rapidfuzz.fuzz.WRatio(plain(one), plain(other)) / 100, rapidfuzz.__version__


def _logic() -> tuple[Score, str] | None:
    try:
        import nomenklatura
        from followthemoney import model
        from nomenklatura.matching import get_algorithm
    except ImportError:
        return None
    algorithm = get_algorithm("logic-v2")
    if algorithm is None:
        return None
    config = algorithm.default_config()

    @lru_cache(maxsize=100_000)
    def person(name: str) -> object:
        return model.get_proxy({"id": name, "schema": "Person", "properties": {"name": [name]}})

    return (
        lambda one, other: algorithm.compare(person(one), person(other), config).score,
        nomenklatura.__version__,
    )


METHODS = {"icu-jaro-winkler": _jaro_winkler, "wratio": _wratio, "logic-v2": _logic}


def main() -> None:
    """Read pairs, score them with what is installed, print."""
    pairs = json.load(sys.stdin)
    answer = {}
    for name, make in METHODS.items():
        made = make()
        if made is None:
            continue
        score, version = made
        start = time.process_time()
        scores = [score(one, other) for one, other in pairs]
        rate = round(len(pairs) / (time.process_time() - start))
        answer[name] = {"version": version, "scores": scores, "pairs_per_second": rate}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
