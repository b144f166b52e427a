"""Fold names as lists write them into sound skeletons, each different part of a name once.

Promises: the same text is always folded alike; what is missing stays missing. In a million records there are
far fewer different given names, families and patronymics than records: each is folded once and then joined
back.
"""

from collections.abc import Callable, Sequence

import polars as pl

from kuager.engines.names import consonants, masculine, parse_name, patronymic_stem, skeletons
from kuager.engines.names.variants import certain_kin

NAME_FIELDS = ("name", "name_ar", "name_en")
_MAX_FORMS = 3
_LONG_NAME = 7
# So few texts are quicker worked out one by one than sorted into different ones.
_FEW = 20
_CHILD_OF = frozenset({"bin", "ibn", "bint", "ben", "бин", "ибн", "بن", "ابن", "بنت"})
# Stands between the words of a father's line.
_BETWEEN = "\n"

Columns = dict[str, pl.Series]


def _texts(name: str, values: Sequence[str | None]) -> pl.Series:
    return pl.Series(name, values, dtype=pl.String)


def _many_texts(name: str, values: Sequence[Sequence[str]]) -> pl.Series:
    return pl.Series(name, values, dtype=pl.List(pl.String))


def by_value(column: pl.Series, columns_of: Callable[[list[str]], Columns]) -> pl.DataFrame:
    """Return columns that depend on one text only, worked out once for each different text.

    Parameters
    ----------
    column
        Texts without nulls, shape ``(n,)``.
    columns_of
        Makes columns for a list of different texts.
    """
    if len(column) <= _FEW:
        return pl.DataFrame(list(columns_of(column.to_list()).values()))
    different = column.unique(maintain_order=True)
    answers = pl.DataFrame([different, *columns_of(different.to_list()).values()])
    joined = column.to_frame().join(answers, on=column.name, how="left", maintain_order="left")
    return joined.drop(column.name)


def _forms(text: str) -> tuple[str, ...]:
    return skeletons(text.replace(" ", "").replace("-", ""))[:_MAX_FORMS]


def _family_forms(text: str) -> tuple[str, ...]:
    forms = [_without_article(masculine(form)) for form in _forms(text)]
    return tuple(dict.fromkeys([*forms, *filter(None, map(_without_grown_article, forms))]))


def _without_grown_article(skeleton: str) -> str | None:
    """Return what is left where the article was written as one word with a name: Alamghari, al-Maghari."""
    has_grown = skeleton[:2] in ("al", "el") and len(skeleton) >= _LONG_NAME and skeleton[2] in "aeiou"
    return skeleton[3:] if has_grown else None


def _without_article(skeleton: str) -> str:
    """Drop the Arabic article, which one list writes and the next leaves out."""
    is_article = skeleton[:2] in ("al", "el") and len(skeleton) >= 6 and skeleton[2] not in "aeiou"
    return skeleton[2:] if is_article else skeleton


def _father_form(text: str) -> str:
    """Fold a father's name: a patronymic loses its ending, "son of" is dropped."""
    words = [word for word in text.casefold().split() if word not in _CHILD_OF]
    folded = skeletons("".join(words).replace("-", ""))[:1]
    return "".join(patronymic_stem(skeleton) or skeleton for skeleton in folded)


def _consonants(skeleton: str | None) -> str | None:
    return consonants(skeleton.replace(" ", "")) if skeleton else None


def _kin(forms: tuple[str, ...]) -> list[str]:
    """Return the names that share a long form with this one, itself among them; nothing for most names."""
    kin = [other for form in forms for other in certain_kin(form)]
    return [*forms, *kin] if kin else []


def _named(prefix: str, forms: Sequence[tuple[str, ...]]) -> Columns:
    first = [each[0] if each else None for each in forms]
    keys = [list(dict.fromkeys(consonants(form) for form in each)) for each in forms]
    return {
        prefix: _texts(prefix, first),
        f"{prefix}_forms": _many_texts(f"{prefix}_forms", forms),
        f"{prefix}_consonants": _texts(f"{prefix}_consonants", [_consonants(form) for form in first]),
        f"{prefix}_keys": _many_texts(f"{prefix}_keys", keys),
    }


def _given_columns(texts: list[str]) -> Columns:
    forms = [_forms(text) for text in texts]
    kin = _many_texts("given_kin", [_kin(each) for each in forms])
    return _named("given", forms) | {"given_kin": kin}


def _family_columns(texts: list[str]) -> Columns:
    return _named("family", [_family_forms(text) for text in texts])


def _father_columns(lines: list[str]) -> Columns:
    folded = [[form for word in line.split(_BETWEEN) if (form := _father_form(word))] for line in lines]
    father = [forms[0] if forms else None for forms in folded]
    grandfather = [" ".join(forms[1:]) or None for forms in folded]
    return {
        "father": _texts("father", father),
        "grandfather": _texts("grandfather", grandfather),
        "father_consonants": _texts("father_consonants", [_consonants(form) for form in father]),
        "grandfather_consonants": _texts(
            "grandfather_consonants", [_consonants(form) for form in grandfather]
        ),
    }


def _parsed_columns(texts: list[str]) -> Columns:
    names = [parse_name(text) for text in texts]
    fathers = [
        _BETWEEN.join(token.text for token in name.tokens if token.role in ("patronymic", "other"))
        for name in names
    ]
    return {
        "given": _texts("given", [name.given for name in names]),
        "family": _texts("family", [name.family for name in names]),
        "fathers": _texts("fathers", fathers),
    }


def _parts(records: pl.DataFrame, preferred: str) -> pl.DataFrame:
    """Return the given name, the family and the father's line of every record, as written."""
    in_parts = (pl.col("given") != "") | (pl.col("family") != "")
    others = [field for field in NAME_FIELDS if field != preferred]
    written = [pl.when(pl.col(field) != "").then(pl.col(field)) for field in (preferred, *others)]
    whole = records.select(
        text=pl.when(in_parts).then(pl.lit("")).otherwise(pl.coalesce(*written, pl.lit("")))
    )
    parsed = by_value(whole["text"], _parsed_columns)
    words = pl.col("patronymic").str.strip_chars().str.replace_all(r"\s+", _BETWEEN)
    own = records.select(
        pl.when(in_parts).then("given").alias("given"),
        pl.when(in_parts).then("family").alias("family"),
        pl.when(in_parts).then(words).alias("fathers"),
    )
    return own.select(pl.col(name).fill_null(parsed[name]) for name in own.columns)


def folded_names(records: pl.DataFrame, preferred: str) -> pl.DataFrame:
    """Return the folded names of records, and ``shown_given`` and ``shown_line`` as the lists write them.

    Parameters
    ----------
    records
        Columns ``given``, ``family``, ``patronymic`` and the one-cell name fields; "" for nothing.
    preferred
        The one-cell name field that is read before the others.
    """
    parts = _parts(records, preferred)
    line = pl.concat_str(
        pl.col("fathers").str.replace_all(_BETWEEN, " ", literal=True), "family", separator=" "
    )
    shown = parts.select(shown_given="given", shown_line=line.str.strip_chars())
    folded = [
        by_value(parts["given"].rename("text"), _given_columns),
        by_value(parts["family"].rename("text"), _family_columns),
        by_value(parts["fathers"].rename("text"), _father_columns),
    ]
    return pl.concat([*folded, shown], how="horizontal")
