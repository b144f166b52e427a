"""An estimate in words, for a person at a terminal."""

from collections.abc import Iterator, Mapping


def parts_of(answer: dict[str, object]) -> list[dict[str, object]]:
    """List the single estimates inside an answer."""
    match answer:
        case {"methods": list(found)}:
            return found
        case {"strata": dict(found), "total": dict(total)}:
            return [*found.values(), total]
    return [answer]


def in_words(answer: dict[str, object]) -> str:
    """Write the answer for a person at a terminal."""
    match answer:
        case {"methods": list(found), "comparison": list(sentences), "not_run": dict(failed)}:
            lines = [_line(_title(part), part) for part in found]
            lines += [f"{name}: {reason}" for name, reason in failed.items()]
            lines += ["", *map(str, sentences)]
            if "headline" in answer:
                lines += ["", str(answer["headline"])]
        case {"strata": dict(found), "total": dict(total)}:
            lines = [_line(name, part) for name, part in found.items()]
            lines += [_line("total", total), "", *_strings(answer, "sentences")]
        case _:
            lines = [_line(str(answer["method"]), answer), "", *_strings(answer, "assumptions")]
            lines += [*_table(answer), *_sensitivity(answer)]
    return "\n".join(lines).rstrip("\n")


def _table(answer: Mapping[str, object]) -> Iterator[str]:
    match answer:
        case {"table": dict(table)}:
            yield from ("", _line("the table of counts alone", table))


def _sensitivity(answer: Mapping[str, object]) -> Iterator[str]:
    match answer:
        case {"sensitivity": {"sentences": list(sentences)}} if sentences:
            yield ""
            yield from map(str, sentences)


def _title(part: Mapping[str, object]) -> str:
    """Name the method, and the lists where it used only some."""
    match part:
        case {"method": method, "diagnostics": {"lists": lists}}:
            return f"{method} ({lists})"
    return str(part["method"])


def _line(name: str, part: Mapping[str, object]) -> str:
    match part:
        case {"interval": [low, high], "estimate": float(value), "level": float(level)}:
            ends = f"{_people(low)} to {_people(high)}"
            bound = "at least " if part.get("lower_bound") else ""
            text = f"{name}: {bound}{value:,.0f} ({level:.0%} interval {ends}); {part['observed']} observed"
        case {"observed": observed}:
            text = f"{name}: no estimate; {observed} observed"
        case _:
            text = f"{name}: no estimate"
    verdicts = [] if part.get("publishable") else ["do not publish:", *_strings(part, "reasons")]
    return "\n  ".join([text, *verdicts, *(f"warning: {words}" for words in _strings(part, "warnings"))])


def _strings(part: Mapping[str, object], key: str) -> list[str]:
    values = part.get(key, [])
    return [str(value) for value in values] if isinstance(values, list) else []


def _people(end: object) -> str:
    return f"{end:,.0f}" if isinstance(end, (int, float)) else "no limit"
