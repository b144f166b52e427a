"""How far long work is, on a terminal only; and what remains of it after Ctrl-C."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from kuager.engines.estimation.running import Progress, silent


@contextmanager
def shown_progress(checkpoint: Path | None) -> Iterator[Progress]:
    """Give the function to report to: a bar on stderr if that is a terminal, otherwise nothing."""
    try:
        if not sys.stderr.isatty():
            yield silent
            return
        with _bar() as report:
            yield report
    except KeyboardInterrupt:
        if checkpoint is not None and checkpoint.exists():
            click.echo(f"interrupted; the same command goes on from {checkpoint}", err=True)
        raise


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda what, done: bar.update(task, description=what, completed=done)
