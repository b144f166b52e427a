"""One bit turned over anywhere in a vault or a bundle: noticed, and named. The large run is a benchmark."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks/vault_faults.py"


@pytest.fixture(scope="module")
def benchmark_of_faults() -> ModuleType:
    found = importlib.util.spec_from_file_location("vault_faults", BENCHMARK)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_a_bit_flipped_in_any_file_is_noticed_and_named(benchmark_of_faults: ModuleType) -> None:
    found = benchmark_of_faults.flips(330)
    assert found["not_named"] == []
    assert {kind for kind, row in found["by_kind"].items() if row["localised"] < row["flips"]} == set()
    assert set(found["by_kind"]) == {
        "anchors' queue",
        "bundle",
        "entries",
        "heads",
        "keys file",
        "objects",
        "parts",
        "sidecars",
        "tiles",
        "vault.json",
    }
