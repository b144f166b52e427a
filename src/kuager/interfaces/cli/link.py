"""``kuager link``: find the same people in several tables. Needs no database."""

import json
import os
import time
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kuager.core.errors import BadInputError
from kuager.interfaces.cli.link_report import report, report_options, wanted_report

if TYPE_CHECKING:
    import polars as pl

    from kuager.engines.linkage import LinkResult
    from kuager.engines.linkage.spark import SparkOptions

_IGNORED = ("", "ignore")


@click.command("link")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--columns", type=click.Path(path_type=Path), help="LINK.toml: which column is which field.")
@click.option("--engine", type=click.Choice(("duckdb", "spark")), default="duckdb", show_default=True)
@click.option(
    "--spark-option", "spark_settings", multiple=True, metavar="NAME=VALUE", help="A setting of Spark."
)
@click.option("--one-to-one", multiple=True, metavar="LIST", help="A list that names everybody once.")
@click.option("--threshold", type=float, default=0.5, show_default=True, help="Probability of a link.")
@click.option("--draws", type=int, help="How many draws of who is who to make; 100 is enough.")
@click.option(
    "--draws-file", type=click.Path(path_type=Path), metavar="FILE.parquet", help="Write the draws here."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Start of the draws' random numbers.")
@click.option("--clusters", type=click.Path(path_type=Path), help="Write list,id,cluster here.")
@click.option("--pairs", type=click.Path(path_type=Path), help="Write the scored pairs here.")
@report_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(  # noqa: PLR0913  # one parameter for each option of the contract
    *,
    files: tuple[str, ...],
    columns: Path | None,
    engine: str,
    spark_settings: tuple[str, ...],
    one_to_one: tuple[str, ...],
    threshold: float,
    draws: int | None,
    draws_file: Path | None,
    seed: int,
    clusters: Path | None,
    pairs: Path | None,
    as_json: bool,
    **reporting: object,
) -> None:
    """Find records of the same person within and between tables.

    Each FILE is a list; its name without the ending is the list's name. Headers are recognised in
    English, Russian and Kazakh; LINK.toml may say more: under [columns] for all lists, or under
    [lists.NAME.columns] for one, lines such as "Full name" = "name".
    """
    started = time.perf_counter()
    if (draws is None) != (draws_file is None):
        raise BadInputError("--draws and --draws-file go together: how many draws, and the file for them")
    where = _spark(spark_settings) if engine == "spark" else engine
    from kuager.engines.linkage import link

    paths, once = _lists_and_once(files, one_to_one)
    wanted = wanted_report(reporting, paths)
    frames = _frames(paths, columns)
    result = link(
        frames,
        one_to_one=once,
        threshold=threshold,
        engine=where,
        progress=lambda message: click.echo(message, err=True),
    )
    _write(result, clusters, pairs)
    doubt = (
        _draw(result, once, draws, draws_file, seed) if draws is not None and draws_file is not None else {}
    )
    written = (
        {}
        if wanted is None
        else report(
            wanted,
            result,
            frames,
            paths=paths,
            one_to_one=once,
            threshold=threshold,
            draws=draws,
            seed=seed,
        )
    )
    answer = {**_answer(result, engine, round(time.perf_counter() - started, 3)), **doubt, **written}
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        _show(answer)


def _spark(settings: Sequence[str]) -> "SparkOptions":
    """Return where Spark shall work, as the environment and the options say."""
    from kuager.engines.linkage.spark import SparkOptions

    written = dict(setting.partition("=")[::2] for setting in settings)
    for name, value in written.items():
        if not (name.startswith("spark.") and value):
            raise BadInputError(f"--spark-option {name}: expected a setting such as spark.executor.memory=4g")
    folder = os.environ.get("KUAGER_SPARK_FOLDER")
    return SparkOptions(
        master=written.get("spark.master") or os.environ.get("KUAGER_SPARK_MASTER") or "local[*]",
        memory=os.environ.get("KUAGER_SPARK_MEMORY") or "2g",
        folder=Path(folder) if folder else None,
        settings=written,
    )


def _lists_and_once(files: Sequence[str], one_to_one: Sequence[str]) -> tuple[dict[str, Path], list[str]]:
    """Return the files by list name, and the one-to-one lists.

    ``--one-to-one A B`` leaves B among the files; a word that is no file but names a list means the list.
    """
    named = [name for option in one_to_one for name in option.split(",") if name]
    stems = {Path(file).stem for file in files if Path(file).exists()}
    loose = [file for file in files if one_to_one and not Path(file).exists() and file in stems]
    paths: dict[str, Path] = {}
    for file in files:
        if file in loose:
            continue
        path = Path(file)
        if path.stem in paths:
            raise BadInputError(f"{path}: another file gives the list name {path.stem} too; rename one")
        paths[path.stem] = path
    once = [Path(name).stem if name not in paths else name for name in [*named, *loose]]
    return paths, once


def _frames(paths: Mapping[str, Path], columns: Path | None) -> "dict[str, pl.DataFrame]":
    mapping = _read_mapping(columns, paths) if columns else {}
    return {name: _frame(path, mapping.get(name, {}), columns) for name, path in paths.items()}


def _frame(path: Path, mapping: Mapping[str, str], columns: Path | None) -> "pl.DataFrame":
    import polars as pl

    from kuager.interfaces.cli.table_files import read_table_file

    table = read_table_file(path)
    for column in mapping:
        if column not in table.header:
            raise BadInputError(f"{path}: column {column}, named in {columns}, is missing")
    data = list(zip(*table.rows, strict=True)) or [()] * len(table.header)
    frame = pl.DataFrame(
        {
            name: pl.Series(list(values), dtype=pl.String)
            for name, values in zip(table.header, data, strict=True)
        }
    )
    dropped = [column for column, field in mapping.items() if field in _IGNORED]
    renamed = {column: field for column, field in mapping.items() if field not in _IGNORED}
    # A mapped column takes its field; one that merely bears the field's name steps aside.
    aside = [name for name in frame.columns if name in renamed.values() and name not in mapping]
    rest = [name for name in frame.columns if name not in renamed and name not in (*dropped, *aside)]
    return frame.select(*renamed, *rest).rename(renamed)


def _read_mapping(path: Path, lists: Mapping[str, Path]) -> dict[str, dict[str, str]]:
    from kuager.engines.linkage import FIELDS

    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInputError(f"{path}: cannot be read as TOML: {error}") from error
    shared, own = written.get("columns", {}), written.get("lists", {})
    mapping = {}
    for name in lists:
        together = {**shared, **own.get(name, {}).get("columns", {})}
        mapping[name] = {str(column): str(field) for column, field in together.items()}
        for column, field in mapping[name].items():
            if field not in (*FIELDS, *_IGNORED):
                raise BadInputError(
                    f"{path}: {column} = {field}: expected one of {', '.join(FIELDS)} or ignore"
                )
    return mapping


def _write(result: "LinkResult", clusters: Path | None, pairs: Path | None) -> None:
    from kuager.interfaces.cli.table_files import write_csv

    for path, table in ((clusters, result.clusters), (pairs, result.pairs)):
        if path is not None:
            write_csv(path, table.columns, table.iter_rows())


def _draw(
    result: "LinkResult", once: Sequence[str], draws: int, path: Path, seed: int
) -> dict[str, dict[str, object]]:
    """Write draws of who is who; say how much is in doubt."""
    from kuager.engines.linkage.drawing.draws import draw_partitions

    found = draw_partitions(result, draws=draws, seed=seed, one_to_one=once)
    found.write_parquet(path)
    return {
        "draws": {
            "draws": draws,
            "seed": seed,
            "clusters_in_doubt": found.clusters_in_doubt,
            "records_in_doubt": found.records_in_doubt,
        }
    }


def _answer(result: "LinkResult", engine: str, seconds: float) -> dict[str, object]:
    return {
        "records": result.records,
        "clusters": result.cluster_count,
        "overlap": [{"lists": list(lists), "count": count} for lists, count in result.overlap],
        "seconds": seconds,
        "engine": engine,
    }


def _show(answer: Mapping[str, object]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{answer['records']} records, {answer['clusters']} persons")
    table.add_column("on exactly these lists")
    table.add_column("persons", justify="right")
    overlap = answer["overlap"]
    for row in overlap if isinstance(overlap, list) else []:
        table.add_row(" + ".join(row["lists"]), str(row["count"]))
    Console().print(table)
    doubt = answer.get("draws")
    if isinstance(doubt, dict):
        Console().print(f"{doubt['draws']} draws; {doubt['clusters_in_doubt']} persons are in doubt")
    if "report" in answer:
        Console(soft_wrap=True).print(f"report: {answer['report']}", markup=False)
