"""Measure how copies of video and pictures are found, on footage that this program makes itself.

Usage: python benchmarks/copies.py videos|pictures|scaling [--set development|held-out] [--places N] [--out
FILE]

``videos`` shoots ``N`` places of eight kinds (two shots of each), sends the first shot through sixteen
edits, and compares every edit with its original, with the other shot of the same place, and with another
place. A place of the held-out set was never looked at while thresholds were chosen. Beside it, in the same
run: pHash and PDQ as commonly used (one hash a second, share of frames that match). ``pictures`` does the
same for stills. ``scaling`` fills the index with invented fingerprints of 1,000 and 10,000 minutes. CPU
seconds of this process, one thread.
"""

import argparse
import io
import json
import resource
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.footage import clips, edits, pictures

from kuager.engines.media.decoding import Frame, frames, sound
from kuager.engines.similarity import Fingerprint, Index, compare, fingerprint_picture, fingerprint_video
from kuager.engines.similarity.comparing import CLEAR, UNSURE
from kuager.engines.similarity.relations import Kind, Relation

FIRST_PLACE = {"development": 100, "held-out": 5000}
FOOTAGE = {Kind.SAME_FOOTAGE, Kind.EXCERPT, Kind.SAME_PICTURE}
PHASH_BITS, PDQ_BITS = 8, 31
# Edits that are also compared with an original of another place.
EASY = {"e01", "e08", "e10", "e14"}


def processor() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Clock:
    """Sums CPU seconds by name."""

    def __init__(self) -> None:
        self.spent: dict[str, list[float]] = defaultdict(list)

    def run(self, name: str, act: Callable[[], Any]) -> Any:
        """Do it, and count it."""
        start = processor()
        done = act()
        self.spent[name].append(processor() - start)
        return done

    def report(self) -> dict[str, object]:
        """Mean and largest, in CPU seconds."""
        return {
            name: {"n": len(times), "mean": round(float(np.mean(times)), 3), "most": round(max(times), 3)}
            for name, times in self.spent.items()
        }


def hashes(shown: list[Frame]) -> dict[str, np.ndarray[Any, Any]]:
    """Take pHash (64 bits) and PDQ (256 bits) of one frame a second, where the packages are installed."""
    taken: dict[str, list[np.ndarray[Any, Any]]] = {"phash": [], "pdq": []}
    second = -1
    for frame in shown:
        if int(frame.seconds) == second:
            continue
        second = int(frame.seconds)
        if imagehash is not None:
            taken["phash"].append(np.asarray(imagehash.phash(Image.fromarray(frame.pixels)).hash).ravel())
        if pdqhash is not None:
            taken["pdq"].append(
                np.asarray(pdqhash.compute(np.ascontiguousarray(frame.pixels))[0], dtype=bool)
            )
    return {name: np.array(rows, dtype=bool) for name, rows in taken.items() if rows}


try:
    import imagehash
    import pdqhash
    from PIL import Image
except ImportError:
    imagehash = pdqhash = None


def baseline(first: dict[str, Any], second: dict[str, Any]) -> dict[str, float]:
    """Share of the frames of the second that match one of the first: pHash within 8 bits, PDQ within 31."""
    shares = {}
    for name, farthest in (("phash", PHASH_BITS), ("pdq", PDQ_BITS)):
        if name in first and name in second:
            apart = (first[name][None] != second[name][:, None]).sum(axis=2)
            shares[name] = float((apart.min(axis=1) <= farthest).mean())
    return shares


def taken(file: bytes, clock: Clock) -> tuple[Fingerprint, dict[str, Any]]:
    """Decode and fingerprint a file; through its bytes, as it is stored."""
    shown = clock.run("decode", lambda: list(frames(io.BytesIO(file), per_second=12.5, largest_side=480)))
    heard = clock.run("decode sound", lambda: sound(io.BytesIO(file)))
    made = clock.run("fingerprint", lambda: fingerprint_video(shown, heard))
    held = clock.run("baseline hashes", lambda: hashes(shown))
    return Fingerprint.from_bytes(made.to_bytes()), held


def judged(relation: Relation | None) -> dict[str, Any]:
    """Reduce a relation to what is counted."""
    if relation is None:
        return {"kind": None, "score": 0.0, "clear": False}
    span = relation.spans[0] if relation.spans else None
    return {
        "kind": relation.kind.value,
        "score": relation.score,
        "clear": relation.is_clear and relation.kind in FOOTAGE,
        "review": relation.score >= UNSURE and relation.kind in FOOTAGE,
        "sound": relation.why.get("equal_words_of_sound", 0),
        "mirrored": span.is_mirrored if span else None,
        "speed": span.speed if span else None,
        "first": [span.first_from, span.first_to] if span else None,
        "second": [span.second_from, span.second_to] if span else None,
    }


def rows(
    first_place: int, places: int, clock: Clock, kept: list[tuple[str, Fingerprint]]
) -> Iterator[dict[str, Any]]:
    """Give one row for each compared pair."""
    before: tuple[Fingerprint, dict[str, Any]] | None = None
    for number in range(places):
        place = first_place + number
        kind = clips.KINDS[number % len(clips.KINDS)]
        rng = np.random.default_rng(place)
        clip, second = clips.clip(kind, place, 1), clips.clip(kind, place, 2)
        other = clips.clip("street", place + 2000, 1)
        original, held = taken(edits.original(clip), clock)
        kept.append((f"{kind}-{place}", original))
        again = edits.original(second), edits.EDITS["e01 352 px crf36"](second, rng, other)
        for name, edit in edits.EDITS.items():
            copy, copy_held = taken(edit(clip, rng, other), clock)
            kept.append((f"{kind}-{place} {name}", copy))
            relation = clock.run("compare copy", lambda a=original, b=copy: compare(a, b))
            yield row(kind, name, relation, baseline(held, copy_held))
            if before is not None and name[:3] in EASY:
                relation = clock.run("compare other place", lambda a=before[0], b=copy: compare(a, b))  # type: ignore[index]
                yield row(kind, "other place", relation, baseline(before[1], copy_held))
        for name, file in zip(("same place", "same place crf36"), again, strict=True):
            shot, shot_held = taken(file, clock)
            relation = clock.run("compare same place", lambda a=original, b=shot: compare(a, b))
            yield row(kind, name, relation, baseline(held, shot_held))
        before = original, held


def row(kind: str, name: str, relation: Relation | None, others: dict[str, float]) -> dict[str, Any]:
    """Put a line of the table together."""
    return {"scene": kind, "pair": name, **judged(relation), **others}


def summary(table: list[dict[str, Any]]) -> dict[str, Any]:
    """Count recall by edit, false positives by kind of pair, and precision."""
    by_pair: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in table:
        by_pair[line["pair"]].append(line)
    told: dict[str, Any] = {}
    for name, lines in by_pair.items():
        told[name] = {
            "n": len(lines),
            "clear": share(lines, lambda line: line["clear"]),
            "clear or to review": share(lines, lambda line: line.get("review", False)),
            "sound alone": share(lines, lambda line: line.get("sound", 0) >= 25),
            "phash 30 %": share(lines, lambda line: line.get("phash", 0) >= 0.3),
            "pdq 80 %": share(lines, lambda line: line.get("pdq", 0) >= 0.8),
            "pdq any": share(lines, lambda line: line.get("pdq", 0) > 0),
            "lowest, highest score": [min(x["score"] for x in lines), max(x["score"] for x in lines)],
        }
    copies = [line for line in table if line["pair"].startswith("e")]
    hard = [line for line in table if line["pair"].startswith("same place")]
    easy = [line for line in table if line["pair"] == "other place"]
    clear = [line for line in table if line["clear"]]
    told["all"] = {
        "copies": len(copies),
        "recall clear": share(copies, lambda line: line["clear"]),
        "recall clear or to review": share(copies, lambda line: line.get("review", False)),
        "same place": len(hard),
        "same-place clear": share(hard, lambda line: line["clear"]),
        "same-place to review": share(hard, lambda line: line.get("review", False)),
        "easy": len(easy),
        "easy clear": share(easy, lambda line: line["clear"]),
        "easy to review": share(easy, lambda line: line.get("review", False)),
        "precision clear": share(clear, lambda line: line["pair"].startswith("e")),
        "phash recall, same-place, easy": [
            share(part, lambda x: x.get("phash", 0) >= 0.3) for part in (copies, hard, easy)
        ],
        "pdq 80 % recall, same-place, easy": [
            share(part, lambda x: x.get("pdq", 0) >= 0.8) for part in (copies, hard, easy)
        ],
        "pdq any recall, same-place, easy": [
            share(part, lambda x: x.get("pdq", 0) > 0) for part in (copies, hard, easy)
        ],
        "recall clear by scene": {
            scene: share([x for x in copies if x["scene"] == scene], lambda line: line["clear"])
            for scene in sorted({x["scene"] for x in copies})
        },
    }
    return told


def share(lines: list[dict[str, Any]], test: Callable[[dict[str, Any]], bool]) -> float | None:
    """Share of the lines that pass, or None if there are none."""
    return round(sum(map(test, lines)) / len(lines), 4) if lines else None


def ask_index(kept: list[tuple[str, Fingerprint]], clock: Clock) -> dict[str, object]:
    """Ask an index of all originals for every edit, and count originals among the first ten."""
    index: Index[str] = Index()
    for key, made in kept:
        if " " not in key:
            index.add(key, made)
    asked = [(key, made) for key, made in kept if " " in key]
    first, among = 0, 0
    for key, made in asked:
        found = [one.key for one in clock.run("ask index", lambda made=made: index.candidates(made, 10))]
        first += bool(found) and found[0] == key.split(" ")[0]
        among += key.split(" ")[0] in found
    return {
        "held": len(index),
        "asked": len(asked),
        "first": first / len(asked),
        "among ten": among / len(asked),
    }


def videos(which: str, places: int, skip: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Run the comparison of videos."""
    clock, table = Clock(), []
    kept: list[tuple[str, Fingerprint]] = []
    for line in rows(FIRST_PLACE[which] + skip, places, clock, kept):
        table.append(line)
        print(json.dumps(line), file=sys.stderr, flush=True)
    sizes = [len(made.to_bytes()) / made.seconds * 60 / 1000 for _, made in kept]
    report = summary(table)
    report["index"] = ask_index(kept, clock)
    report["kB per minute: mean, most"] = [round(float(np.mean(sizes))), round(max(sizes))]
    return {"set": which, "places": places, **report, "cpu seconds": clock.report()}, table


def stills(which: str, places: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Run the comparison of pictures."""
    clock, table = Clock(), []
    for number in range(places):
        for scene, pair, first, second in pictures.pairs(FIRST_PLACE[which] + number):
            made = [clock.run("fingerprint", lambda p=p: fingerprint_picture(p)) for p in (first, second)]
            relation = clock.run("compare", lambda a=made[0], b=made[1]: compare(a, b))
            held = [hashes([Frame(seconds=0, pixels=p, full_size=(1, 1))]) for p in (first, second)]
            table.append(row(scene, pair, relation, baseline(held[0], held[1])))
            print(json.dumps(table[-1]), file=sys.stderr, flush=True)
    return {"set": which, "places": places, **summary(table), "cpu seconds": clock.report()}, table


def scaling(minutes: int) -> dict[str, Any]:
    """Fill an index with invented points and words, as many as so many minutes of moving camera leave."""
    clock, index = Clock(), Index[int]()
    rng = np.random.default_rng(1)
    file = edits.original(clips.clip("street", 1, 1))
    real = taken(file, clock)[0]
    for number in range(minutes // 5):
        keys = []
        for second in range(0, 300, 2):
            features = real.key_frames[0].features
            codes = rng.integers(0, 256, features.codes.shape, dtype=np.uint8)
            keys.append(
                replace(real.key_frames[0], seconds=float(second), features=replace(features, codes=codes))
            )
        steps = np.sort(rng.integers(0, 9375, 300 * 24)).astype(np.uint32)
        marks = replace(real.marks, steps=steps, bins=rng.integers(12, 450, 300 * 24).astype(np.uint16))
        index.add(number, replace(real, key_frames=tuple(keys), marks=marks, seconds=300.0))
    index.add(-1, real)
    copy = taken(
        edits.EDITS["e14 crop + text + crf36"](clips.clip("street", 1, 1), rng, clips.clip("street", 2, 1)),
        clock,
    )[0]
    clock.run("first question (builds the tables)", lambda: index.candidates(copy))
    found = clock.run("next question", lambda: index.candidates(copy))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "minutes": minutes,
        "found first": bool(found) and found[0].key == -1,
        "peak MiB": round(memory),
        "cpu seconds": clock.report(),
    }


def main() -> None:
    """Read the arguments and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["videos", "pictures", "scaling"])
    parser.add_argument("--set", default="development", choices=list(FIRST_PLACE))
    parser.add_argument("--places", type=int, default=16)
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--minutes", type=int, default=1000)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    if given.what == "scaling":
        print(json.dumps(scaling(given.minutes), indent=1))
        return
    made, table = (
        videos(given.set, given.places, given.skip)
        if given.what == "videos"
        else stills(given.set, given.places)
    )
    if given.out:
        given.out.write_text("\n".join(json.dumps(line) for line in table))
    print(json.dumps({**made, "bands": [CLEAR, UNSURE]}, indent=1))


if __name__ == "__main__":
    main()
