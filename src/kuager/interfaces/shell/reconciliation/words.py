"""The sentences of a reconciliation: templates with numbers, in the reader's language."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from kuager.domain.register.terms import Status
from kuager.engines.linkage.rival_lists.bridges import Bridge, Interval, Step
from kuager.engines.linkage.rival_lists.reconciling import Clash, OpenPair, Said
from kuager.interfaces.shell.reconciliation.facts import Facts

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"


def signed(number: int) -> str:
    """Write a change: "+ 6", "− 4", or "0"."""
    if not number:
        return "0"
    return f"{'+' if number > 0 else MINUS} {abs(number)}"


def interval_words(interval: Interval | None, value: int | None = None) -> str:
    """Write an interval of counts, "5–8"; "" without one, or where it says no more than the value."""
    if interval is None or interval == (value, value):
        return ""
    low, high = sorted(abs(end) for end in interval)
    # An interval across zero keeps its signs.
    if interval[0] < 0 < interval[1]:
        return gettext("%(low)s to %(high)s") % {"low": signed(interval[0]), "high": signed(interval[1])}
    return str(low) if low == high else f"{low}{DASH}{high}"


def with_interval(text: str, interval: Interval | None, value: int) -> str:
    """Write a number with its interval in brackets behind it, where there is doubt."""
    words = interval_words(interval, value)
    return f"{text} ({words})" if words else text


def step_words(step: Step, label: str) -> str:
    """Say how many of what a step takes away or adds, as in "4 rows that repeat a person of Hotline"."""
    count = abs(step.change)
    values = {"count": count, "list": label}
    if step.code == "repeats":
        return ngettext("%(count)d repeated row", "%(count)d repeated rows", count) % values
    if step.code == "unnamed":
        return ngettext("%(count)d row without a name", "%(count)d rows without a name", count) % values
    if step.code == "only":
        return ngettext("%(count)d only on %(list)s", "%(count)d only on %(list)s", count) % values
    return ngettext("%(count)d not listed one by one", "%(count)d not listed one by one", count) % values


def more_rows_words(step: Step) -> str:
    """Say that a list has more rows than its publisher's number."""
    count = abs(step.change)
    return ngettext(
        "%(count)d row beyond the number given", "%(count)d rows beyond the number given", count
    ) % {"count": count}


def bridge_words(way: Bridge, facts: Facts) -> str:
    """Write a bridge as one line of arithmetic, which closes exactly; steps of nothing are left out."""
    labels = facts.labels
    parts = [f"{labels[way.start]} {way.from_number}"]
    parts += [_term(step, labels[step.list_name], down=True) for step in way.down if step.change]
    both = gettext("%(count)d on both") % {"count": way.both}
    parts.append(f"= {with_interval(both, way.both_interval, way.both)}")
    parts += [_term(step, labels[step.list_name], down=False) for step in way.up if step.change]
    parts.append(f"= {way.to_number} {labels[way.end]}")
    return " ".join(parts)


def _term(step: Step, label: str, *, down: bool) -> str:
    is_claim = step.code == "beyond-rows"
    more_rows = is_claim and (step.change > 0) is down
    words = more_rows_words(step) if more_rows else step_words(step, label)
    sign = "+" if step.change > 0 else MINUS
    return f"{sign} {with_interval(words, step.interval, step.change)}"


def step_title(code: str, *, down: bool) -> str:
    """Name a line of the table of bridges."""
    first = {
        "beyond-rows": gettext("not listed one by one on the first list"),
        "repeats": gettext("repeated rows of the first list"),
        "unnamed": gettext("rows without a name on the first list"),
        "only": gettext("only on the first list"),
    }
    second = {
        "beyond-rows": gettext("not listed one by one on the second list"),
        "repeats": gettext("repeated rows of the second list"),
        "unnamed": gettext("rows without a name on the second list"),
        "only": gettext("only on the second list"),
    }
    return (first if down else second)[code]


def lists_words(names: Sequence[str], facts: Facts) -> str:
    """Name a combination of lists."""
    return " + ".join(facts.labels[name] for name in names)


def combination_words(names: Sequence[str], facts: Facts) -> str:
    """Say which lists exactly."""
    words = lists_words(names, facts)
    if len(names) == len(facts.sides):
        return gettext("on all: %(lists)s") % {"lists": words}
    if len(names) == 1:
        return gettext("only on %(list)s") % {"list": words}
    return words


def said_words(said: Said) -> str:
    """Write a status in words, with its day if it has one."""
    known = said.status in Status.values
    word = str(Status(said.status).label) if known else said.status
    return f"{word} ({said.day.isoformat()})" if said.day else word


def clash_words(clash: Clash, facts: Facts) -> str:
    """Say who is said to be what on which list."""
    sides = (
        f"{facts.labels[key[0]]} {facts.row(key)}: {said_words(said)}"
        for key, said in ((clash.left, clash.left_said), (clash.right, clash.right_said))
    )
    words = f" {DASH} ".join(sides)
    if clash.may_follow:
        return gettext("%(sides)s; by the days given, one may have followed the other") % {"sides": words}
    return words


def pair_words(pair: OpenPair, facts: Facts) -> str:
    """Say which two rows may be one person, how probably, and what the answer would change."""
    sides = f" {DASH} ".join(f"{facts.labels[key[0]]} {facts.row(key)}" for key in (pair.left, pair.right))
    return gettext("%(sides)s: %(percent)s %%, %(effect)s") % {
        "sides": sides,
        "percent": f"{pair.probability * 100:.0f}",
        "effect": effect_words(pair.effect),
    }


def effect_words(effect: str) -> str:
    """Say what the answer to a pair in doubt would change."""
    return {
        "one-fewer": gettext("if one person, one person fewer"),
        "one-more": gettext("if two, one person more"),
        "unnamed": gettext("a row without a name may be this person"),
    }[effect]


def repeat_words(facts: Facts, name: str, again: str, first: str) -> str:
    """Say which row repeats which."""
    return gettext("%(row)s repeats %(first)s") % {"row": facts.row((name, again)), "first": first}


def moment_words(moment: datetime) -> str:
    """Write a moment in the organisation's time."""
    return timezone.localtime(moment).isoformat(sep=" ", timespec="minutes")


def date_words(facts: Facts) -> str:
    """Say of which day the lists are, and as known when."""
    words = []
    if facts.as_of:
        words.append(gettext("As of %(day)s") % {"day": facts.as_of.isoformat()})
    if facts.known_at:
        words.append(gettext("as known at %(moment)s") % {"moment": moment_words(facts.known_at)})
    return ", ".join(words) or gettext("The lists are taken as they came; no day was given.")


def method_words(facts: Facts) -> Iterator[str]:
    """Say how the account was computed, so that it can be computed again."""
    method, account = facts.method, facts.account
    yield gettext("Computed with Kuager %(version)s.") % {"version": method.version}
    if method.threshold is not None:
        yield gettext("Rows count as one person from a probability of %(percent)s %%.") % {
            "percent": f"{method.threshold * 100:g}"
        }
    if facts.known_at is not None:
        yield gettext(
            "Rows count as one person where people judged so; nothing is merged by a machine alone."
        )
    if method.run is not None:
        yield gettext("Pairs in doubt are those of linkage run %(run)d.") % {"run": method.run}
    if account.draws:
        yield gettext(
            "A number in brackets is where 95 %% of %(draws)d draws of who is who lie (seed %(seed)d)."
        ) % {"draws": account.draws, "seed": method.seed or 0}
    for side in facts.sides:
        if side.fingerprint:
            yield gettext("%(list)s: SHA-256 of the file %(digest)s.") % {
                "list": facts.labels[side.name],
                "digest": side.fingerprint,
            }
    yield gettext("SHA-256 of this account: %(digest)s.") % {"digest": facts.digest}


def limits_words() -> str:
    """Say what the account does not say."""
    return gettext(
        "This paper does not say which list is right, nor how many people there were: who stands on no list "
        "is not in it. A row without a name is counted for nobody else. A missed link counts a person twice, "
        "a wrong one hides somebody."
    )


def more_words(count: int) -> str:
    """Say how many are not printed."""
    return ngettext(
        "… and %(count)d more; the tables (CSV, JSON) have all.",
        "… and %(count)d more; the tables (CSV, JSON) have all.",
        count,
    ) % {"count": count}
