"""Compare two fingerprints and suggest what the items have to do with each other."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from kuager.core.digest import JsonValue
from kuager.engines.similarity import hypotheses, stills, videos
from kuager.engines.similarity.buckets import Buckets
from kuager.engines.similarity.features import Points
from kuager.engines.similarity.fingerprints import Fingerprint
from kuager.engines.similarity.hypotheses import Hypothesis, Seen
from kuager.engines.similarity.landmarks import SoundMatch, match_sounds
from kuager.engines.similarity.matching import FARTHEST_BITS, Matrix, moved
from kuager.engines.similarity.motion import RATE
from kuager.engines.similarity.relations import Box, Kind, Relation, Span
from kuager.engines.similarity.videos import Aligned, Pair

# The three bands: from CLEAR the same footage, from UNSURE a person must look, below it the same place.
CLEAR, UNSURE = 0.6, 0.45
# Points of a plane in common, from which "the same place" is worth saying.
PLACE_INLIERS = 15
WHOLE = 0.8
NEARLY_WHOLE = 0.9
MOST_STRETCHES = 4
LEAST_STRETCH_SECONDS = 0.8
# More pairs of key frames than this are not all tried: those with most points in common buckets are.
MOST_PAIRS = 900
POINTS_FOR_BUCKETS = 80
FINER = 1.2


def compare(first: Fingerprint, second: Fingerprint) -> Relation | None:
    """Say what two items seem to have in common, or None if nothing was found.

    Notes
    -----
    A suggestion: two cameras side by side, a film of a screen beside its subject, or a scene staged again can
    deceive any measure. ``Relation.is_clear`` is False where the measures themselves see that they may err.
    """
    seen = _seen(first, second)
    groups = hypotheses.group(seen, first.full_size)
    if first.is_still or second.is_still:
        return _with_still(first, second, groups)
    sound = match_sounds(first.marks, second.marks)
    found = _stretches(first, second, groups, seen) if groups else []
    if found and found[0].score >= UNSURE:
        return _footage(first, second, found, sound)
    if sound:
        return _by_sound(first, second, groups, sound, found[0].score if found else 0.0)
    return _place(first, second, groups, found[0].score if found else 0.0)


def _seen(first: Fingerprint, second: Fingerprint) -> list[Seen]:
    seen = []
    for is_mirrored in (False, True):
        pairs = _pairs(first, second, is_mirrored=is_mirrored)
        seen += hypotheses.look(first, second, pairs, is_mirrored=is_mirrored)
    return seen


def _pairs(first: Fingerprint, second: Fingerprint, *, is_mirrored: bool) -> list[tuple[int, int]]:
    """List pairs of key frames worth trying: all, or those with most points in common buckets."""
    ours, theirs = len(first.key_frames), len(second.key_frames)
    if ours * theirs <= MOST_PAIRS:
        return [(i, j) for i in range(ours) for j in range(theirs)]
    held = [one.codes[:POINTS_FOR_BUCKETS] for one in hypotheses.oriented(first, is_mirrored=is_mirrored)]
    asked = [one.codes[:POINTS_FOR_BUCKETS] for one in hypotheses.oriented(second, is_mirrored=False)]
    our_frame = np.repeat(np.arange(ours), [len(codes) for codes in held])
    their_frame = np.repeat(np.arange(theirs), [len(codes) for codes in asked])
    rows, places = Buckets(np.concatenate(held)).near(np.concatenate(asked), FARTHEST_BITS)
    votes = Counter(zip(our_frame[places].tolist(), their_frame[rows].tolist(), strict=True))
    return sorted(pair for pair, _ in votes.most_common(MOST_PAIRS))


def _stretches(
    first: Fingerprint, second: Fingerprint, groups: list[Hypothesis], seen: list[Seen]
) -> list[Aligned]:
    """Find stretch after stretch of the second in the first, until no good one of it is left; best first."""
    pair = Pair(first, second)
    found: list[Aligned] = []
    for _ in range(MOST_STRETCHES):
        best = videos.align(pair, groups, seen)
        if best is None or (found and best.score < CLEAR):
            break
        found.append(best)
        if best.score < UNSURE:
            break
        pair.is_open[max(0, best.line.start - 2) : best.line.stop + 2] = False
        if pair.is_open.sum() < LEAST_STRETCH_SECONDS * RATE:
            break
    return sorted(found, key=lambda one: -(one.line.stop - one.line.start))


def _footage(
    first: Fingerprint, second: Fingerprint, found: list[Aligned], sound: SoundMatch | None
) -> Relation:
    spans = tuple(_span(first, second, one) for one in found)
    score = max(one.score for one in found)
    lengths = (
        sum(one.first_to - one.first_from for one in spans),
        sum(one.second_to - one.second_from for one in spans),
    )
    covers = (
        min(1.0, lengths[0] / max(0.1, first.seconds)),
        min(1.0, lengths[1] / max(0.1, second.seconds)),
    )
    best = max(found, key=lambda one: one.score)
    why: dict[str, JsonValue] = {
        "likeness_of_movement": round(best.movement.likeness, 3),
        "moments_of_movement": round(best.movement.moments, 1),
        "loose_ends": best.loose_ends,
        "points_of_best_frame": best.hypothesis.most_inliers,
        "share_of_first": round(covers[0], 3),
        "share_of_second": round(covers[1], 3),
        **_sound_words(sound),
    }
    areas = stills.shown_shares(first.full_size, second.full_size, best.matrix)
    fuller = _fuller(covers, areas, spans[0].scale, why)
    is_whole = min(covers) >= WHOLE
    return Relation(
        kind=Kind.SAME_FOOTAGE if is_whole else Kind.EXCERPT,
        score=round(score, 3),
        is_clear=score >= CLEAR,
        why=why,
        spans=spans,
        fuller=fuller,
    )


def _span(first: Fingerprint, second: Fingerprint, one: Aligned) -> Span:
    line = one.line
    start, stop = (line.offset + line.speed * step for step in (line.start, line.stop))
    first_box, second_box = boxes(first, second, one.matrix, is_mirrored=one.hypothesis.is_mirrored)
    return Span(
        first_from=round(max(0.0, start / RATE), 2),
        first_to=round(min(first.seconds, stop / RATE), 2),
        second_from=round(line.start / RATE, 2),
        second_to=round(min(second.seconds, line.stop / RATE), 2),
        speed=round(line.speed, 4),
        is_mirrored=one.hypothesis.is_mirrored,
        first_box=first_box,
        second_box=second_box,
        scale=scale_of(first, second, one.matrix),
        score=round(one.score, 3),
    )


def boxes(first: Fingerprint, second: Fingerprint, matrix: Matrix, *, is_mirrored: bool) -> tuple[Box, Box]:
    """Give the part of the first picture the second shows, and where in the second it stands."""
    ours, theirs = hypotheses.shape_of(first.full_size), hypotheses.shape_of(second.full_size)
    here = _box(moved(np.asarray(np.linalg.inv(matrix), dtype=np.float64), theirs), ours)
    if is_mirrored:
        here = Box(
            left=round(1 - here.right, 4), top=here.top, right=round(1 - here.left, 4), bottom=here.bottom
        )
    return here, _box(moved(matrix, ours), theirs)


def _box(corners: Matrix, shape: Points) -> Box:
    width, height = float(shape[2, 0]), float(shape[2, 1])
    left, top = corners.min(axis=0) / (width, height)
    right, bottom = corners.max(axis=0) / (width, height)
    edges = [round(float(np.clip(edge, 0, 1)), 4) for edge in (left, top, right, bottom)]
    return Box(left=edges[0], top=edges[1], right=edges[2], bottom=edges[3])


def scale_of(first: Fingerprint, second: Fingerprint, matrix: Matrix) -> float:
    """Size of the content in the second over its size in the first, in points of the full pictures."""
    middle = hypotheses.shape_of(first.full_size).mean(axis=0)
    around = middle + np.array([[-0.1, 0], [0.1, 0], [0, -0.1], [0, 0.1]], dtype=np.float32)
    there = moved(matrix, around)
    lengths = np.hypot(*(there[1] - there[0])) * np.hypot(*(there[3] - there[2]))
    return round(float(np.sqrt(lengths) / 0.2 * max(second.full_size) / max(first.full_size)), 3)


def _fuller(
    covers: tuple[float, float], areas: tuple[float, float], scale: float, why: dict[str, JsonValue]
) -> Literal["first", "second"] | None:
    """Weigh time, area and fineness; None if they point to different items."""
    why["area_of_first"], why["area_of_second"] = round(areas[0], 3), round(areas[1], 3)
    why["scale"] = scale
    votes = set()
    for ours, theirs in (covers, areas):
        # What the second holds of the first is a part, and it does not hold more elsewhere.
        if ours < NEARLY_WHOLE <= theirs:
            votes.add("first")
        if theirs < NEARLY_WHOLE <= ours:
            votes.add("second")
    if scale < 1 / FINER:
        votes.add("first")
    if scale > FINER:
        votes.add("second")
    if votes == {"first"}:
        return "first"
    return "second" if votes == {"second"} else None


def _sound_words(sound: SoundMatch | None) -> Mapping[str, JsonValue]:
    if sound is None:
        return {"equal_words_of_sound": 0}
    return {
        "equal_words_of_sound": sound.words,
        "sound_speed": round(sound.speed, 4),
        "sound_offset_seconds": round(sound.offset, 2),
    }


def _by_sound(
    first: Fingerprint, second: Fingerprint, groups: list[Hypothesis], sound: SoundMatch, score: float
) -> Relation:
    """Report the same sound under pictures that do not tell: with the same place a person must look."""
    whole = Box(left=0, top=0, right=1, bottom=1)
    span = Span(
        first_from=round(sound.first_from, 2),
        first_to=round(sound.first_to, 2),
        second_from=round(max(0.0, (sound.first_from - sound.offset) / sound.speed), 2),
        second_to=round((sound.first_to - sound.offset) / sound.speed, 2),
        speed=round(sound.speed, 4),
        is_mirrored=False,
        first_box=whole,
        second_box=whole,
        scale=1.0,
        score=round(min(1.0, sound.words / 100), 3),
    )
    is_place = bool(groups) and groups[0].most_inliers >= PLACE_INLIERS
    return Relation(
        kind=Kind.EXCERPT if is_place else Kind.SAME_SOUND,
        score=UNSURE if is_place else round(score, 3),
        is_clear=False,
        why={
            "likeness_of_movement": round(score, 3),
            "points_of_best_frame": groups[0].most_inliers if groups else 0,
            **_sound_words(sound),
        },
        spans=(span,),
        fuller=None,
    )


def _place(
    first: Fingerprint, second: Fingerprint, groups: list[Hypothesis], score: float
) -> Relation | None:
    """Report the same place at another time, if enough points say so."""
    if not groups or groups[0].most_inliers < PLACE_INLIERS:
        return None
    return Relation(
        kind=Kind.SAME_PLACE,
        score=round(score, 3),
        is_clear=False,
        why={
            "points_of_best_frame": groups[0].most_inliers,
            "pairs_of_frames": len(groups[0].seen),
            "is_mirrored": groups[0].is_mirrored,
        },
        spans=(),
        fuller=None,
    )


def _with_still(first: Fingerprint, second: Fingerprint, groups: list[Hypothesis]) -> Relation | None:
    """Compare a still with a still, or with the moments of a video around the key frames that fit."""
    best: tuple[stills.Agreement, int, int] | None = None
    ours, theirs = first.small_pictures(), second.small_pictures()
    for group in groups[: videos.MOST_HYPOTHESES]:
        one = group.seen[0]
        for i in _around(first, one.first, len(ours)):
            for j in _around(second, one.second, len(theirs)):
                agreement = stills.agree(ours[i], theirs[j], group)
                areas = stills.shown_shares(first.full_size, second.full_size, agreement.matrix)
                # Of a copy one side is shown nearly whole; a bar of news that fits alone is no picture.
                part = min(1.0, max(areas) / stills.LEAST_AREA)
                agreement = replace(agreement, score=agreement.score * part)
                if best is None or agreement.score > best[0].score:
                    best = agreement, i, j
    if best is None or best[0].hypothesis.most_inliers < stills.LEAST_INLIERS:
        return None
    if best[0].score < UNSURE:
        return _place(first, second, groups, best[0].score)
    return _same_still(first, second, *best)


def _around(fingerprint: Fingerprint, key: int, number: int) -> range:
    """List the steps near a key frame; a still has only one."""
    if fingerprint.is_still:
        return range(1)
    middle = round(fingerprint.key_frames[key].seconds * RATE)
    return range(max(0, middle - 7), min(number, middle + 8))


def _same_still(
    first: Fingerprint, second: Fingerprint, agreement: stills.Agreement, i: int, j: int
) -> Relation:
    matrix, is_mirrored = agreement.matrix, agreement.hypothesis.is_mirrored
    first_box, second_box = boxes(first, second, matrix, is_mirrored=is_mirrored)
    scale = scale_of(first, second, matrix)
    why: dict[str, JsonValue] = {
        "agreement_of_details": round(agreement.score, 3),
        "points_of_best_frame": agreement.hypothesis.most_inliers,
    }
    areas = stills.shown_shares(first.full_size, second.full_size, matrix)
    are_stills = first.is_still and second.is_still
    times = (1.0, 1.0) if are_stills else (float(first.is_still), float(second.is_still))
    fuller = _fuller(times, areas, scale, why)
    span = Span(
        first_from=0.0 if first.is_still else round(i / RATE, 2),
        first_to=0.0 if first.is_still else round(i / RATE, 2),
        second_from=0.0 if second.is_still else round(j / RATE, 2),
        second_to=0.0 if second.is_still else round(j / RATE, 2),
        speed=1.0,
        is_mirrored=is_mirrored,
        first_box=first_box,
        second_box=second_box,
        scale=scale,
        score=round(agreement.score, 3),
    )
    # A still out of a video of a camera that stands fits many moments: never more than a suggestion to look.
    return Relation(
        kind=Kind.SAME_PICTURE if are_stills else Kind.EXCERPT,
        score=round(agreement.score, 3),
        is_clear=are_stills and agreement.score >= stills.CLEAR,
        why=why,
        spans=(span,),
        fuller=fuller,
    )
