"""Check a bundle of evidence that came out of a vault, with nothing but Python (3.9 or later).

    python3 verify.py [FOLDER] [--remember FILE] [--key KEY]

FOLDER is the unpacked bundle, by default the folder this file lies in. --remember keeps the newest head of
the log in FILE and, the next time, checks that the log only grew. --key is the log's public key as its keeper
published it elsewhere; without it, the key inside the bundle is used, which proves no more than that the
bundle agrees with itself.

Each fault has a name of its own and the program ends with 5; without faults it ends with 0. What a sound
bundle proves and what it does not stands in the files READ_ME_*.txt beside it. This program imports nothing
of the software that made the bundle. Sources: RFC 8493 (BagIt), RFC 9162 (Merkle trees), RFC 8032 (Ed25519),
RFC 3161 (time stamps).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from typing import Any

Point = tuple[int, int, int, int]
Key = tuple[str, bytes, bytes]
Json = dict[str, Any]

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
PAGE = 1 << 20
CLOCKS_MAY_DIFFER = timedelta(minutes=1)
"""An authority's clock is another than the keeper's, and most stamps tell whole seconds (RFC 3161, 2.4.2)."""


class Fault(Exception):  # noqa: N818  # it is the evidence that is at fault
    """Something is not as it was recorded. ``name`` is one of the names in the READ_ME files."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name


# ---- Ed25519 signatures (RFC 8032, section 5.1), written for reading, not for speed ----


def _recover_x(y: int, sign: int) -> int | None:
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or y >= P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def _point(data: bytes) -> Point | None:
    number = int.from_bytes(data, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    x = _recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def _add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: Point) -> Point:
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = _add(result, point)
        point = _add(point, point)
        number >>= 1
    return result


def _same(one: Point, other: Point) -> bool:
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (
        one[1] * other[2] - other[1] * one[2]
    ) % P == 0


_BASE_Y = 4 * pow(5, P - 2, P) % P
_BASE_X = _recover_x(_BASE_Y, 0) or 0
BASE = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % P)


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether ``signature`` (64 bytes) on ``message`` was made with the key of ``public`` (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, first = _point(public), _point(signature[:32])
    number = int.from_bytes(signature[32:], "little")
    if key is None or first is None or number >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    return _same(_times(number, BASE), _add(first, _times(int.from_bytes(digest, "little") % ORDER, key)))


# ---- Heads (C2SP signed-note, tlog-checkpoint) ----


def read_key(text: str) -> Key:
    """Return name, number and the 32 bytes of a log's public key."""
    try:
        name, number, key = text.strip().split("+", 2)
        raw = base64.b64decode(key, validate=True)
    except ValueError:
        raise Fault("BAD-KEY", "the key of the log cannot be read") from None
    expected = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if raw[:1] != b"\x01" or len(raw) != 33 or expected.hex() != number:
        raise Fault("BAD-KEY", "the key of the log was copied wrongly")
    return name, expected, raw[1:]


def read_head(note: str, key: Key) -> tuple[int, bytes]:
    """Return size and digest of a signed head."""
    name, number, public = key
    text, separator, signatures = note.rpartition("\n\n")
    text += "\n"
    lines = text.splitlines()
    if not separator or len(lines) < 3:
        raise Fault("BAD-HEAD", "a head of the log has the wrong shape")
    if lines[0] != name:
        raise Fault("ANOTHER-LOG", f"a head belongs to the log {lines[0]}, expected {name}")
    for line in signatures.splitlines():
        parts = line.split(" ")
        if len(parts) == 3 and parts[1] == name:
            try:
                raw = base64.b64decode(parts[2], validate=True)
                size, root = int(lines[1]), base64.b64decode(lines[2], validate=True)
            except ValueError:
                raise Fault("BAD-HEAD", "a head of the log has the wrong shape") from None
            if raw[:4] == number and is_signed(public, text.encode(), raw[4:]):
                return size, root
    raise Fault("BAD-HEAD", "a head of the log was changed, or signed by another key")


# ---- Merkle trees (RFC 9162, section 2.1) ----


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes | None:
    """Return the root an inclusion proof leads to; None when it has the wrong length."""
    place, last, digest = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return None
        if place & 1 or place == last:
            digest = node_hash(step, digest)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            digest = node_hash(digest, step)
        place, last = place >> 1, last >> 1
    return None if last else digest


def roots_from_consistency(
    old: int, new: int, old_root: bytes, proof: list[bytes]
) -> tuple[bytes, bytes] | None:
    """Return the two roots a consistency proof leads to; None when it has the wrong length."""
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not steps:
        return None
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, step)
        place, last = place >> 1, last >> 1
    return None if last else (before, after)


def check_growth(old: int, old_root: bytes, new: int, new_root: bytes, proof: list[bytes]) -> None:
    """Raise Fault unless the log of ``new`` entries began with that of ``old`` entries."""
    if old > new:
        raise Fault("ROLLED-BACK", f"the log had {old} entries before and has only {new} now")
    if old == new:
        if old_root != new_root:
            raise Fault("FORKED", f"two different heads count {old} entries: there are two logs")
    elif old and roots_from_consistency(old, new, old_root, proof) != (old_root, new_root):
        raise Fault("FORKED", f"the log of {new} entries did not grow out of the one of {old}")


# ---- The bundle ----


def _digests(path: str) -> dict[str, str]:
    small, large = hashlib.sha256(), hashlib.sha512()
    with open(path, "rb") as file:
        while page := file.read(PAGE):
            small.update(page)
            large.update(page)
    return {"sha256": small.hexdigest(), "sha512": large.hexdigest()}


class Bundle:
    """A bundle in a folder. Nothing outside the folder is read."""

    def __init__(self, folder: str) -> None:
        self.folder = os.path.realpath(folder)

    def path(self, name: str) -> str:
        found = os.path.realpath(os.path.join(self.folder, *name.split("/")))
        if os.path.commonpath([found, self.folder]) != self.folder:
            raise Fault("BAD-PATH", f"the bundle names a file outside itself: {name!r}")
        return found

    def read(self, name: str) -> bytes:
        try:
            with open(self.path(name), "rb") as file:
                return file.read()
        except OSError:
            raise Fault("MISSING-FILE", f"{name} is missing") from None

    def json(self, name: str) -> Json:
        try:
            found: Json = json.loads(self.read(name).decode("utf-8"))
        except ValueError:
            raise Fault("CHANGED-FILE", f"{name} cannot be read as JSON") from None
        return found

    def manifest(self, name: str) -> dict[str, str]:
        """Return the digests a manifest lists, by file."""
        listed = {}
        for line in self.read(name).decode("utf-8").splitlines():
            digest, _, path = line.partition("  ")
            path = path.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
            listed[path] = digest
        return listed

    def check_files(self) -> dict[str, dict[str, str]]:
        """Compare every file with the manifests, and look for files that no manifest lists."""
        manifests = {kind: self.manifest(f"manifest-{kind}.txt") for kind in ("sha256", "sha512")}
        tags = self.manifest("tagmanifest-sha256.txt")
        if set(manifests["sha256"]) != set(manifests["sha512"]):
            raise Fault("CHANGED-FILE", "the two manifests list different files")
        found = set()
        for folder, folders, names in os.walk(self.folder):
            folders[:] = [name for name in folders if name != "__pycache__"]
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), self.folder).replace(os.sep, "/")
                if path != "tagmanifest-sha256.txt":
                    found.add(path)
        for path in sorted(found - set(tags) - set(manifests["sha256"])):
            raise Fault("STRANGE-FILE", f"{path} was added to the bundle")
        sums = {}
        for path, expected in sorted({**tags, **manifests["sha256"]}.items()):
            if not os.path.isfile(self.path(path)):
                raise Fault("MISSING-FILE", f"{path} is missing")
            sums[path] = _digests(self.path(path))
            if sums[path]["sha256"] != expected:
                raise Fault("CHANGED-FILE", f"{path} was changed: its SHA-256 is not the one in the manifest")
            if path in manifests["sha512"] and sums[path]["sha512"] != manifests["sha512"][path]:
                raise Fault("CHANGED-FILE", f"{path} was changed: its SHA-512 is not the one in the manifest")
        return sums


def check_event(record: Json, size: int, root: bytes) -> Json:
    """Check one event: it stands in the log at its place, and its details are those recorded."""
    number, public = record["number"], record["public"].encode("utf-8")
    if not 0 <= number < size:
        raise Fault("ANOTHER-LOG", f"event {number} is not among the {size} entries the head counts")
    proof = [bytes.fromhex(step) for step in record["proof"]]
    if root_from_inclusion(leaf_hash(public), number, size, proof) != root:
        raise Fault("NOT-IN-LOG", f"event {number} does not stand at this place of the log, or was changed")
    event: Json = json.loads(record["public"])
    opening = record["opening"]
    salted = hashlib.sha256(bytes.fromhex(opening["salt"]) + canonical(opening["detail"])).hexdigest()
    if salted != event["detail"]:
        raise Fault("CHANGED-DETAILS", f"the details of event {number} are not those that were recorded")
    return event


def canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def check_item(item: Json, events: dict[int, Json], records: dict[int, Json], export: str) -> None:
    """Check that the history of an item has no gap, from its acquisition to this export."""
    expected = None
    for number in item["events"]:
        if number not in events:
            raise Fault("REMOVED-EVENT", f"event {number} of item {item['number']} is missing")
        event = events[number]
        belongs = number if event["item"] is None else event["item"]
        if belongs != item["number"] or event["previous"] != expected:
            raise Fault(
                "REMOVED-EVENT", f"an event is missing before event {number} of item {item['number']}"
            )
        expected = number
    if expected is None:
        raise Fault("REMOVED-EVENT", f"item {item['number']} has no history")
    last = records[expected]
    if events[expected]["act"] != "exported" or last["opening"]["detail"].get("bundle") != export:
        raise Fault("REMOVED-EVENT", f"the history of item {item['number']} does not end with this export")


def check_clock(
    events: dict[int, Json], stamped: list[tuple[int, datetime]], told: dict[int, str] | None = None
) -> list[str]:
    """Check that times follow the order of the log and do not lie after a time stamp that covers them.

    An event that is dated before an earlier one must tell so in its own details (``told``: the latest time
    that stood in the log then): it began before the other was recorded, or the clock was set back. A time
    after a stamp is a fault only when no two ordinary clocks could differ as much. Returns sentences.
    """
    words: list[str] = []
    latest: tuple[int, datetime] | None = None
    for number in sorted(events):
        at = moment_of(events[number]["at"])
        if latest is not None and at < latest[1]:
            admitted = (told or {}).get(number)
            if admitted is None or moment_of(admitted) < latest[1]:
                raise Fault(
                    "CLOCK-MOVED", f"event {number} is dated before event {latest[0]}, which came earlier"
                )
            words.append(
                f"Event {number} is dated before event {latest[0]}, and was recorded as such: it began "
                "earlier, or the keeper's clock was set back."
            )
        for size, moment in stamped:
            if number < size and at - moment > CLOCKS_MAY_DIFFER:
                raise Fault("CLOCK-MOVED", f"event {number} is dated after the time stamp that covers it")
        if latest is None or at > latest[1]:
            latest = number, at
    return words


def times_told(records: dict[int, Json]) -> dict[int, str]:
    """Return the latest time in the log then, for each event that tells it."""
    details = {number: record["opening"]["detail"] for number, record in records.items()}
    return {number: one["latest_in_log"] for number, one in details.items() if "latest_in_log" in one}


def moment_of(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def check_bundle(folder: str, key_text: str | None = None, remember: str | None = None) -> list[str]:
    """Check everything; return a list of sentences about what was found. Raises Fault."""
    bundle = Bundle(folder)
    sums = bundle.check_files()
    said = [f"{len(sums)} files are as the manifests say."]
    whole = bundle.json("proofs/bundle.json")
    key = read_key(key_text or whole["key"])
    size, root = read_head(whole["head"], key)
    said.append(f"The head of the log {key[0]} counts {size} entries and is signed.")
    for step in whole["growth"]:
        old_size, old_root = read_head(step["head"], key)
        check_growth(old_size, old_root, size, root, [bytes.fromhex(one) for one in step["proof"]])
    records = {record["number"]: record for record in whole["events"]}
    if len(records) != len(whole["events"]):
        raise Fault("NOT-IN-LOG", "an event is given twice")
    events = {number: check_event(record, size, root) for number, record in records.items()}
    said.append(f"{len(events)} events stand in the log at their places, with the details recorded.")
    for item in whole["items"]:
        check_item(item, events, records, whole["bundle"])
        detail = records[item["number"]]["opening"]["detail"]
        if sums.get(item["file"], {}).get("sha256") != detail["sha256"]:
            raise Fault(
                "CHANGED-FILE", f"{item['file']} is not the file that was acquired as item {item['number']}"
            )
    said.append(
        f"{len(whole['items'])} items are the files acquired, with unbroken histories up to this export."
    )
    stamped, words = check_stamps(bundle, whole, size, root, key)
    said += words
    said += check_chains(bundle, whole, size, root, key)
    said += check_clock(events, stamped, times_told(records))
    said += recall(remember, whole, key, size, root)
    if key_text is None:
        said.append(
            "The key of the log was taken from the bundle itself: compare it with the published one: "
            + whole["key"]
        )
    return said


def check_stamps(
    bundle: Bundle, whole: Json, size: int, root: bytes, key: Key
) -> tuple[list[tuple[int, datetime]], list[str]]:
    """Check time stamps with OpenSSL where it is installed; return what they cover and sentences."""
    words: list[str] = []
    stamped: list[tuple[int, datetime]] = []
    openssl = shutil.which("openssl")
    for stamp in whole["stamps"]:
        covered, covered_root = read_head(stamp["head"], key)
        if covered > size:
            raise Fault("ROLLED-BACK", f"a time stamp covers {covered} entries, the head only {size}")
        check_growth(covered, covered_root, size, root, [bytes.fromhex(one) for one in stamp["proof"]])
        moment = moment_of(stamp["at"])
        if openssl is None:
            words.append(
                f"A time stamp by {stamp['authority']} is there; OpenSSL is not, so it was not checked."
            )
            continue
        command = [openssl, "ts", "-verify", "-digest", hashlib.sha256(stamp["head"].encode()).hexdigest()]
        command += ["-in", bundle.path(stamp["token"]), "-CAfile", bundle.path(stamp["certificates"])]
        done = subprocess.run(command, capture_output=True, check=False, timeout=60)
        if done.returncode:
            raise Fault("BAD-STAMP", f"the time stamp by {stamp['authority']} does not belong to this log")
        told = subprocess.run(
            [openssl, "ts", "-reply", "-in", bundle.path(stamp["token"]), "-text"],
            capture_output=True,
            check=False,
            timeout=60,
        ).stdout.decode("utf-8", "replace")
        if stamp_time(told) != moment.replace(microsecond=0):
            raise Fault(
                "BAD-STAMP", f"the time stamp by {stamp['authority']} says another time than the bundle"
            )
        stamped.append((covered, moment))
        words.append(
            f"{stamp['authority']} vouches that the first {covered} entries existed on {stamp['at']}."
        )
    if not whole["stamps"] and not whole.get("chains"):
        words.append("No time stamp: the times are those of the keeper's clock.")
    return stamped, words


OTS_BEGINNING = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94" + b"\x01\x08"
OTS_IN_A_BLOCK = bytes.fromhex("0588960d73d71901")


def check_chains(bundle: Bundle, whole: Json, size: int, root: bytes, key: Key) -> list[str]:
    """Check that OpenTimestamps proofs are for heads of this log; the block chain itself is not asked."""
    words = []
    for chain in whole.get("chains", []):
        covered, covered_root = read_head(chain["head"], key)
        if covered > size:
            raise Fault("ROLLED-BACK", f"a time stamp covers {covered} entries, the head only {size}")
        check_growth(covered, covered_root, size, root, [bytes.fromhex(one) for one in chain["proof"]])
        head, ots = bundle.read(chain["file"]), bundle.read(chain["ots"])
        if head != chain["head"].encode() or not ots.startswith(
            OTS_BEGINNING + hashlib.sha256(head).digest()
        ):
            raise Fault("BAD-STAMP", f"{chain['ots']} is not for the head in {chain['file']}")
        is_complete = OTS_IN_A_BLOCK in ots
        if (chain["state"] == "complete") != is_complete:
            raise Fault("BAD-STAMP", f"{chain['ots']} is not {chain['state']} as the bundle says")
        words.append(
            f"An OpenTimestamps proof for the first {covered} entries is there, {chain['state']} "
            f"(not checked here; check it with: ots verify {chain['ots']})."
        )
    return words


def stamp_time(text: str) -> datetime | None:
    """Return the time a stamp states, from OpenSSL's words."""
    for line in text.splitlines():
        if line.startswith("Time stamp:"):
            said = line.partition(":")[2].strip().replace(" GMT", "")
            said = said.partition(".")[0] + " " + said.split()[-1] if "." in said else said
            return datetime.strptime(said, "%b %d %H:%M:%S %Y").replace(tzinfo=timezone.utc)
    return None


def recall(path: str | None, whole: Json, key: Key, size: int, root: bytes) -> list[str]:
    """Compare with the head remembered from an earlier bundle, and remember the newer one."""
    if path is None:
        return []
    words = []
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            old_size, old_root = read_head(file.read(), key)
        known = {read_head(step["head"], key)[0]: step["proof"] for step in whole["growth"]}
        if old_size < size and old_size not in known:
            raise Fault(
                "NOT-PROVEN", f"the bundle does not show how the log grew from {old_size} to {size} entries"
            )
        check_growth(old_size, old_root, size, root, [bytes.fromhex(one) for one in known.get(old_size, [])])
        words.append(f"The log only grew since the {old_size} entries remembered.")
    with open(path, "w", encoding="utf-8") as file:
        file.write(whole["head"])
    return words


def main() -> int:
    parser = argparse.ArgumentParser(description="Check a bundle of evidence.")
    parser.add_argument("folder", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--remember", metavar="FILE")
    parser.add_argument("--key", metavar="KEY")
    asked = parser.parse_args()
    try:
        for sentence in check_bundle(asked.folder, asked.key, asked.remember):
            print(sentence)
    except Fault as fault:
        print(f"{fault.name}: {fault}")
        return 5
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        print(f"CHANGED-FILE: the bundle's proofs have the wrong shape ({type(error).__name__})")
        return 5
    print("SOUND")
    return 0


if __name__ == "__main__":
    sys.exit(main())
