"""What a link run does and keeps apart, in words."""

from collections.abc import Mapping

from django.utils.translation import gettext, gettext_lazy, gettext_noop

from kuager.domain.lists.queries.link_quality import KeptApart

STEPS = {
    "reading": gettext_lazy("reading the records"),
    "choosing": gettext_lazy("choosing pairs worth comparing"),
    "comparing": gettext_lazy("comparing pairs and learning weights"),
    "looking": gettext_lazy("looking up what changed"),
    "joining": gettext_lazy("putting records together"),
    "drawing": gettext_lazy("drawing who is who"),
    "measuring": gettext_lazy("measuring what to expect"),
    "storing": gettext_lazy("storing"),
}

# The engine's sentences on which pairs were compared; see engines.linkage.choosing.blocking.
BLOCKING = (
    gettext_noop("All {pairs} pairs of records were compared."),
    gettext_noop(
        "{pairs} pairs were compared, {per_record} for each record; at most {bound} were allowed. "
        "About {recall} % of all links are expected to be among them."
    ),
    gettext_noop(
        "Same {shared}: {pairs} pairs in groups of up to {largest} records, {new} of them new, with "
        "about {links} links. Larger groups were not compared."
    ),
    gettext_noop("Same {shared}: {pairs} pairs, {new} of them new, with about {links} links."),
)

# What records compared with each other share; see engines.linkage.choosing.keys.
SHARED = (
    gettext_noop("given and family name, in any order"),
    gettext_noop("family name, father and grandfather"),
    gettext_noop("given name, father and grandfather"),
    gettext_noop("given name and father"),
    gettext_noop("family name and father"),
    gettext_noop("given name and year of birth"),
    gettext_noop("family name and year of birth"),
    gettext_noop("family name and place"),
    gettext_noop("given name, place and sex"),
    gettext_noop("given name, year of birth and place"),
    gettext_noop("day and place"),
    gettext_noop("day, place and year of birth"),
    gettext_noop("day and beginnings of both names"),
    gettext_noop("day and given name"),
    gettext_noop("day and family name"),
    gettext_noop("day, year of birth and sex"),
    gettext_noop("day of birth"),
    gettext_noop("day of birth and beginning of the given name"),
    gettext_noop("day of birth and beginning of the family name"),
    gettext_noop("year of birth, beginnings of both names and sex"),
    gettext_noop("place and beginnings of both names"),
    gettext_noop("place, year of birth and beginning of the family name"),
    gettext_noop("place, year of birth and beginning of the given name"),
    gettext_noop("place, year of birth and sex"),
    gettext_noop("birthplace and family name"),
    gettext_noop("birthplace and given name"),
    gettext_noop("birthplace and year of birth"),
    gettext_noop("home and family name"),
    gettext_noop("home and given name"),
    gettext_noop("postcode"),
    gettext_noop("postcode and family name"),
    gettext_noop("postcode and first letter of the given name"),
    gettext_noop("identity number"),
    gettext_noop("telephone or e-mail"),
    gettext_noop("given name, beginning of the family name and sex"),
    gettext_noop("family name, first letter of the given name and sex"),
)


def blocking_words(blocking: Mapping[str, object]) -> list[str]:
    """Say how the pairs to compare were chosen: first of all of them, then of each kind of key."""
    said = blocking.get("sentences")
    return [_sentence(one["template"], one["values"]) for one in (said if isinstance(said, list) else [])]


def _sentence(template: str, values: Mapping[str, object]) -> str:
    shared = values.get("shared")
    return gettext(template).format(**{**values, **({"shared": gettext(str(shared))} if shared else {})})


def step_words(step: str) -> str:
    """Say what is being done."""
    return str(STEPS.get(step, step))


def why_apart(pair: KeptApart) -> str:
    """Say why two records that look like one person are counted as two."""
    if pair.why == "list-names-everybody-once" and pair.list_title:
        return gettext("both would bring “%(list)s”, which names everybody once, twice into one person") % {
            "list": pair.list_title
        }
    words = {
        "list-names-everybody-once": gettext("a list that names everybody once would be in one person twice"),
        "judged-different": gettext("somebody judged two of their records to be different people"),
        "judged-same-conflicts": gettext(
            "judged the same, but other judgements say that they cannot be one person"
        ),
        "weak-chain": gettext("only a chain of weak links joins them; most of their records do not fit"),
    }
    return words.get(pair.why, pair.why)
