"""Draw how the latent class sampler grows with people and with lists; prints JSON.

Run: ``python benchmarks/growth.py [TABLES_DIR] [--pictures docs/pictures]``. The figures of the reference
program (LCMCR 0.4.14, one core, another run of a like machine) stand in the constants, with what they are.
"""

import argparse
import json
from pathlib import Path

from latent_class import TABLES, measure, synthetic

from kuager.engines.charts import line_chart
from kuager.engines.estimation import read_counts

TIMES = (1, 10, 100)
LISTS = (4, 6, 8, 10)
# Effective draws (coda) for each CPU second on Kosovo with its people counted 1, 10 and 100 times.
REFERENCE_BY_PEOPLE = ((4_400.0, 110.0), (44_000.0, 8.0), (440_000.0, 0.5))
# Rank-normalised effective draws for each CPU second on tables of two classes of 20,000 people.
REFERENCE_BY_LISTS = ((6.0, 295.0), (8.0, 224.0), (10.0, 149.0))
PER_SECOND = "effective_draws_per_cpu_second"


def main() -> None:
    """Measure, print and draw."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("tables", type=Path, nargs="?", default=TABLES)
    options.add_argument("--pictures", type=Path)
    chosen = options.parse_args()
    measure(*synthetic(3, 200))
    kosovo = read_counts(chosen.tables / "kosovo.csv")
    people = {
        float(kosovo.observed * times): measure(kosovo.patterns, kosovo.counts * times) for times in TIMES
    }
    lists = {float(number): measure(*synthetic(number)) for number in LISTS}
    print(json.dumps({"people": people, "lists": lists}, indent=1))
    if chosen.pictures:
        draw(chosen.pictures, "people", people, REFERENCE_BY_PEOPLE, "people on the lists")
        draw(chosen.pictures, "lists", lists, REFERENCE_BY_LISTS, "lists")


def draw(
    folder: Path,
    name: str,
    figures: dict[float, dict[str, object]],
    reference: tuple[tuple[float, float], ...],
    what: str,
) -> None:
    """Draw effective draws for each second over people or lists, both by powers."""
    ours = [(x, float(str(figure[PER_SECOND]))) for x, figure in figures.items()]
    picture = line_chart(
        {"Kuager": ours, "LCMCR": list(reference)},
        title=f"Effective draws a CPU second and {what}",
        x_title=what,
        y_title="effective draws a CPU second",
        alt=f"Effective draws a CPU second fall as {what} grow; Kuager's stay above those of LCMCR.",
        is_logarithmic=True,
    )
    (folder / f"estimation-by-{name}.svg").write_text(picture.svg, encoding="utf-8")


if __name__ == "__main__":
    main()
