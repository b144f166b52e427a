"""Hurt a vault in every way: flipped bits, power cuts, disks that refuse.

Usage: python benchmarks/vault_faults.py flips|crashes|refusals [--flips N] [--states N]

``flips`` flips one bit of one file at a time (never sets it) in objects, entries, heads and tiles of the log,
sidecars, parts of uploads, key files, the anchors' queue and files of a bundle, and looks whether it is
noticed, named, and nothing bad returned. ``crashes`` cuts the power after every step of each write path, and
under wrong protocols too. ``refusals`` fails every single disk operation once, for good, and after half of
the bytes. Everything happens in memory. Prints one JSON object.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.faults import anchor_crashes, upload_crashes, vault_crashes
from tests.faults.calendars import Calendar
from tests.faults.careless import Careless
from tests.faults.crash_disk import Choice, CrashDisk, DiskError
from tests.faults.vault_crashes import AT, KEYS, cuts, prepared

from kuager.core.errors import KuagerError
from kuager.engines.sealing import Passphrase, encrypt
from kuager.engines.vault import anchoring
from kuager.engines.vault.bundle import FolderSink, export
from kuager.engines.vault.bundle.verify import Fault, check_bundle
from kuager.engines.vault.custody import Act
from kuager.engines.vault.fixity import check_log
from kuager.engines.vault.keys import SECRET, SecretKeys
from kuager.engines.vault.vault import Vault

WORDS = "алтын дән жаңбыр терезе"


@dataclass
class Verdict:
    """What became of a flip: noticed where it was, noticed elsewhere, or not at all."""

    flips: int = 0
    localised: int = 0
    detected: int = 0
    bad: int = 0

    def count(self, said: str | None, where: str) -> None:
        """Take in what was said; None: nothing was noticed."""
        self.flips += 1
        self.bad += said is None
        self.detected += said is not None
        self.localised += said is not None and where in said


def whole_vault(folder: Path) -> tuple[CrashDisk, dict[str, str], str]:
    """Make a vault of everything; return the disk, where each file's name shows, and an upload's name."""
    disk = CrashDisk()
    vault = prepared(disk)
    calendar = Calendar(anchor_crashes.URL)
    items = [vault.add([os.urandom(70_000 + one)], by="gulnar", at=AT, detail={}) for one in range(6)]
    for batch in range(4):
        vault.record_many([(Act.VIEWED, "asel", AT, {"number": one}, batch) for one in range(150)])
    for one in range(5):
        vault.sidecars.put("finding", str(one), os.urandom(400))
    content = os.urandom(9_000)
    upload = vault.incoming.begin({"name": "clip"}, size=len(content), at=AT)
    for offset in range(0, len(content), 3_000):
        vault.incoming.append(upload, offset, content[offset : offset + 3_000])
    vault.incoming.finish(upload, len(content))
    anchoring.anchor_due(vault, anchor_crashes.CHOSEN, calendar.fetch, AT)
    calendar.mine()
    anchoring.anchor_due(vault, anchor_crashes.CHOSEN, calendar.fetch, AT + timedelta(hours=1))
    export(vault, [0, 1], FolderSink(folder / "bundle"), by="erlan", at=AT, reason="court")
    where = {}
    for item in items:
        where[f"objects/{item.address[:2]}/{item.address}.age"] = f"item {item.number}"
    disk.make_folder("keys")
    said = {"address": KEYS.address.hex(), "case": KEYS.case.text()}
    log = {"name": KEYS.log.name, "secret": KEYS.log.secret.hex()}
    sealed = encrypt(json.dumps({**said, "log": log}).encode(), [Passphrase(WORDS, work_factor=10)])
    disk.overwrite(SECRET, 0, sealed)
    return disk, where, upload


def paths(disk: CrashDisk) -> Iterator[str]:
    """Give the paths of all files."""
    for folder in disk.folders:
        for name, number in disk.folders[folder].now.items():
            if number >= 0:
                yield f"{folder}/{name}" if folder else name


def kind_of(path: str) -> str:
    """Return the kind of a file for the table."""
    if path == "log/heads":
        return "heads"
    first, _, rest = path.partition("/")
    return {"objects": "objects", "sidecars": "sidecars", "uploads": "parts", "keys": "keys file"}.get(
        first, {"log": rest.partition("/")[0], "anchors": "anchors' queue"}.get(first, "vault.json")
    )


def flipped(disk: CrashDisk, path: str, bit: int) -> CrashDisk:
    """Return the disk with one bit of one file turned over."""
    other = disk.copy()
    content = bytearray(other.read(path))
    content[bit // 8] ^= 1 << bit % 8
    other._file(path).now = bytes(content)
    return other


def noticed(disk: CrashDisk, path: str, where: dict[str, str], upload: str) -> str | None:
    """Do what would use the file; return the words in which the fault is told, None when nothing is said."""
    kind = kind_of(path)
    try:
        if kind == "keys file":
            SecretKeys.unlock(disk, WORDS)
            return None
        vault = Vault(disk, KEYS)
        if kind == "objects":
            vault.check(vault.item(int(where[path].split()[1])))
        elif kind == "sidecars":
            vault.sidecars.get("finding", path.rsplit("/", maxsplit=1)[-1].removesuffix(".age"))
        elif kind == "parts":
            vault.assemble(upload, by="gulnar", at=AT, detail={})
        elif kind == "anchors' queue":
            return _anew(vault)
        else:
            return "; ".join(check_log(vault)) or None
    except KuagerError as error:
        return str(error)
    return None


def _anew(vault: Vault) -> str | None:
    """Return words when a damaged queue was made anew from the log, and says the same as before."""
    state = anchoring.status(vault, anchor_crashes.CHOSEN)[-1]
    return "anchors' queue made anew" if (state.confirmed, state.pending) == (606, 0) else None


EXPECTED = {
    "entries": "log",
    "heads": "log/heads",
    "tiles": "log/tiles",
    "sidecars": "sidecars/",
    "keys file": "keys/vault.age",
    "vault.json": "vault.json",
    "anchors' queue": "anchors",
}


def flips(count: int) -> dict[str, object]:
    """Flip bits, the same number in each kind of file."""
    found: dict[str, Verdict] = {}
    dice = Random(5)  # no secret
    unnoticed: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        disk, where, upload = whole_vault(folder)
        kinds: dict[str, list[str]] = {}
        for path in sorted(paths(disk)):
            kinds.setdefault(kind_of(path), []).append(path)
        for kind, files in kinds.items():
            for _ in range(count // (len(kinds) + 1)):
                path = dice.choice(files)
                bit = dice.randrange(len(disk.read(path)) * 8)
                said = noticed(flipped(disk, path, bit), path, where, upload)
                expected = where.get(path) or (upload if kind == "parts" else EXPECTED[kind])
                verdict = found.setdefault(kind, Verdict())
                verdict.count(said, expected)
                if said is None or expected not in said:
                    unnoticed.append(f"{path} bit {bit}: {said}")
        found["bundle"] = in_bundle(folder / "bundle", count // (len(kinds) + 1), dice, unnoticed)
    rows = {kind: vars(verdict) for kind, verdict in found.items()}
    total = sum(verdict.flips for verdict in found.values())
    return {"flips": total, "by_kind": rows, "not_named": unnoticed[:10], "not_named_count": len(unnoticed)}


def in_bundle(folder: Path, count: int, dice: Random, unnoticed: list[str]) -> Verdict:
    """Flip bits of a bundle's files, stamps and proofs among them."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    verdict = Verdict()
    for _ in range(count):
        path = dice.choice(files)
        whole = path.read_bytes()
        bit = dice.randrange(len(whole) * 8)
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        said: str | None = None
        try:
            check_bundle(str(folder))
        except (Fault, ValueError) as fault:
            said = f"{path.name if path.name.startswith(('manifest', 'tagmanifest')) else ''}{fault}"
        path.write_bytes(whole)
        verdict.count(said, path.name)
        if said is None or path.name not in said:
            unnoticed.append(f"bundle {path.name} bit {bit}: {said}")
    return verdict


WRONG: dict[str, list[dict[str, tuple[str, ...]]]] = {
    "vault": [
        {"files": ("incoming/*",)},
        {"folders": ("objects/*",)},
        {"folders": ("objects",)},
        {"files": ("log/entries/*",)},
        {"folders": ("log/entries",)},
        {"files": ("incoming/*", "log/entries/*")},
    ],
    "uploads": [
        {"files": ("uploads/*/parts/*",)},
        {"files": ("uploads/*/.state.part",)},
        {"files": ("uploads/*/.told.age.part",)},
        {"folders": ("uploads/*/parts",)},
        {"folders": ("uploads/" + "?" * 32,)},
        {"folders": ("uploads",)},
        {"folders": ("",)},
        {"files": ("sidecars/*",)},
        {"folders": ("sidecars/*",)},
        {"folders": ("sidecars",)},
    ],
    "anchors": [{"files": ("log/entries/*",)}, {"folders": ("log/entries",)}],
}


def broken(path: str, wrap: Callable[[CrashDisk], object], drawn: int, seed: int) -> Iterator[str | None]:
    """Give what is wrong after each power cut on one write path."""
    if path == "vault":
        for number, one in enumerate(vault_crashes.moments(wrap)):  # type: ignore[arg-type]
            for disk in cuts(one, drawn=drawn, seed=seed + number):
                yield vault_crashes.violation(disk, one.promised)
    elif path == "uploads":
        for number, two in enumerate(upload_crashes.upload_moments(wrap)):  # type: ignore[arg-type]
            for disk in cuts(two, drawn=drawn, seed=seed + number):
                yield upload_crashes.upload_violation(disk, two.promised)
    else:
        for number, three in enumerate(anchor_crashes.anchor_moments(wrap)):  # type: ignore[arg-type]
            for disk in cuts(three, drawn=drawn, seed=seed + number):
                yield anchor_crashes.anchor_violation(disk, three)


def crashes(states: int) -> dict[str, object]:
    """Cut the power at least so often on each write path, and under each wrong protocol until it shows."""
    found: dict[str, object] = {}
    for path, wrong in WRONG.items():
        begun, counted, faults, seed = time.process_time(), 0, [], 0
        while counted < states:
            seed += 10_000
            for fault in broken(path, lambda disk: disk, 6, seed):
                counted += 1
                if fault is not None:
                    faults.append(fault)
        caught = sum(
            any(broken(path, lambda disk, one=one: Careless(disk, **one), 6, 1))  # type: ignore[misc]
            for one in wrong
        )
        found[path] = {
            "states": counted,
            "violations": len(faults),
            "first": faults[:3],
            "wrong_protocols": len(wrong),
            "caught": caught,
            "cpu_seconds": time.process_time() - begun,
        }
    return found


WAYS = (
    "once (EIO)",
    "once (EIO), what was to be written is forgotten",
    "from then on (ENOSPC)",
    "from then on, half written",
)


def _vault_story(disk: CrashDisk) -> Callable[[CrashDisk], str | None]:
    vault, promised = prepared(disk), vault_crashes.Promises()

    def story() -> None:
        vault_crashes.keep(vault, promised, b"x" * 300)
        vault_crashes.keep(vault, promised, b"y" * 90_000)
        vault_crashes.note(vault, promised, 300)

    disk.story = story  # type: ignore[attr-defined]
    disk.go_on = lambda: vault_crashes.keep(vault, promised, b"z")  # type: ignore[attr-defined]
    return lambda found: vault_crashes.violation(found, promised)


def _upload_story(disk: CrashDisk) -> Callable[[CrashDisk], str | None]:
    vault, told = prepared(disk), upload_crashes.Told()
    disk.story = lambda: upload_crashes.story(vault, told)  # type: ignore[attr-defined]
    disk.go_on = lambda: upload_crashes.send(vault.incoming, told, b"z", whole=True)  # type: ignore[attr-defined]
    return lambda found: upload_crashes.upload_violation(found, told)


def _anchor_story(disk: CrashDisk) -> Callable[[CrashDisk], str | None]:
    vault, calendar = prepared(disk), Calendar(anchor_crashes.URL)
    vault.add([b"evidence"], by="gulnar", at=AT, detail={})

    def story() -> None:
        anchoring.anchor_due(vault, anchor_crashes.CHOSEN, calendar.fetch, AT)
        calendar.mine()
        anchoring.anchor_due(vault, anchor_crashes.CHOSEN, calendar.fetch, AT + timedelta(hours=1))

    disk.story = story  # type: ignore[attr-defined]
    disk.go_on = lambda: vault.add([b"z"], by="gulnar", at=AT, detail={})  # type: ignore[attr-defined]
    reported = anchor_crashes.Reported(0, 0, 1)
    return lambda found: anchor_crashes.anchor_violation(
        found, anchor_crashes.AnchorMoment(found, reported, calendar)
    )


def refusals() -> dict[str, object]:
    """Refuse operation k for every k: once, for good, and with half of the bytes written."""
    found: dict[str, object] = {}
    stories = {"vault": _vault_story, "uploads": _upload_story, "anchors": _anchor_story}
    for name, begin in stories.items():
        for way in WAYS:
            refused, faults, step, is_done = 0, [], 0, False
            while not is_done:
                step += 1
                disk = CrashDisk()
                violation = begin(disk)
                disk.short = way.endswith("half written")
                disk.refuse_once = way.startswith("once")
                disk.forgetful = way.endswith("forgotten")
                disk.refuse_at = disk.operations + step
                try:
                    disk.story()  # type: ignore[attr-defined]
                    is_done = disk.operations < disk.refuse_at
                except DiskError:
                    disk.refuse_at = None
                    if disk.forgetful:
                        disk.go_on()  # type: ignore[attr-defined]
                disk.refuse_at = None
                refused += 1
                fault = violation(disk.after_power_cut(Choice("nothing")) if disk.forgetful else disk)
                if fault is not None:
                    faults.append(f"step {step}: {fault}")
            found[f"{name}, {way}"] = {"refusals": refused, "violations": len(faults), "first": faults[:3]}
    return found


def main() -> None:
    """Do what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["flips", "crashes", "refusals"])
    parser.add_argument("--flips", type=int, default=10_000)
    parser.add_argument("--states", type=int, default=10_000)
    asked = parser.parse_args()
    acts = {
        "flips": lambda: flips(asked.flips),
        "crashes": lambda: crashes(asked.states),
        "refusals": refusals,
    }
    begun = time.process_time()
    found = acts[asked.what]()
    found["cpu_seconds"] = time.process_time() - begun
    found["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(found, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
