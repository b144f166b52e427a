"""Splink is the slow and obvious way: given the same probabilities it must weigh every pair as we do."""

import numpy as np
import polars as pl
from splink import DuckDBAPI, Linker

from kuager.engines.linkage.choosing.candidates import candidate_pairs
from kuager.engines.linkage.comparing.comparisons import COMPARISONS
from kuager.engines.linkage.comparing.evidence import gather
from kuager.engines.linkage.comparing.splink_model import SplinkModel, columns_for_splink, settings_for
from kuager.engines.linkage.learning import default_model, field_weights
from kuager.engines.linkage.reading.preparing import prepare

# No two of different given names share a family, and no names are exchanged: the rules for these are ours.
PEOPLE = pl.DataFrame(
    {
        "name": ["Нұров Болат", "Nurov Bolat", "Қасымова Дана", "Tulegenov Asan", "Kasymova Dana"],
        "birth_date": ["1988-03-02", "1988-02-03", "1979", "", "1979-11-30"],
        "sex": ["m", "m", "f", "m", "f"],
        "place": ["Алматы", "Almaty", "Тараз", "", "Oral"],
        "event_date": ["2022-01-05", "2022-01-06", "", "2022-01-05", "2022-02-05"],
    }
)


def test_match_weights_are_those_of_splink() -> None:
    records = prepare({"a": PEOPLE}).records
    pairs = candidate_pairs(records, ())
    model = SplinkModel(records, COMPARISONS)
    try:
        levels = model.levels_of(pairs)
    finally:
        model.close()
    strangers = tuple(np.array([level.u for level in field.levels]) for field in COMPARISONS)
    evidence = gather(prepare({"a": PEOPLE}), COMPARISONS, levels, strangers)
    evidence.frequency[:] = np.nan
    ours = field_weights(default_model(COMPARISONS, strangers, evidence), evidence).sum(axis=1)

    api = DuckDBAPI()
    linker = Linker(
        api.register(columns_for_splink(records).to_arrow()), settings_for(COMPARISONS), log_level=None
    )
    predicted = pl.DataFrame(linker.inference.predict(warning_mode="never").as_record_list())
    prior = np.log2(0.0001 / 0.9999)
    theirs = {
        (row["unique_id_l"], row["unique_id_r"]): row["match_weight"] - prior
        for row in predicted.iter_rows(named=True)
    }
    compared = [
        (weight, theirs[pair]) for weight, pair in zip(ours, pairs.iter_rows(), strict=True) if pair in theirs
    ]
    assert len(compared) == 2
    # Our frozen rates are scaled to add up to exactly one.
    assert all(abs(mine - splinks) < 0.05 for mine, splinks in compared)
