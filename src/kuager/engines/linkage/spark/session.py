"""Start Spark, and leave nothing behind.

Promises: what is missing is said before anything is started; on this machine only the loopback address is
used; no package is fetched; messages of Java go to a file and are shown only when the start fails.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from kuager.core.errors import BadInputError
from kuager.engines.linkage.spark.options import SparkOptions

if TYPE_CHECKING:
    from py4j.java_gateway import JavaGateway
    from pyspark.sql import SparkSession

_SHOWN_OF_LOG = 2_000
# Rows that go to a Python worker at a time.
_ROWS_AT_A_TIME = "20000"
_STOPS_WITHIN_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Spark:
    """A running Spark and a folder that all its machines see."""

    session: "SparkSession"
    folder: Path


def check_installed() -> None:
    """Raise if PySpark or Java is missing.

    Raises
    ------
    BadInputError
        Saying what to install.
    """
    if find_spec("pyspark") is None:
        raise BadInputError(
            'engine spark needs PySpark, which is not installed; install it with: pip install "kuager[spark]"'
        )
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java") or (home and (Path(home) / "bin" / "java").exists())):
        raise BadInputError(
            "engine spark needs Java 17, which was not found; install it (on Debian: apt install "
            "openjdk-17-jre-headless) or let JAVA_HOME name its folder"
        )


@contextmanager
def running_spark(options: SparkOptions) -> Iterator[Spark]:
    """Give a running Spark; stop it and remove its files afterwards.

    A Spark session that this program has open already is used, and left open.

    Raises
    ------
    BadInputError
        When PySpark or Java is missing, or Spark does not start.
    """
    check_installed()
    from pyspark.sql import SparkSession

    folder = Path(tempfile.mkdtemp(prefix="kuager-spark-", dir=options.folder))
    opened = SparkSession.getActiveSession()
    try:
        if opened is not None:
            yield _ready(opened, folder)
        else:
            with _started(options, folder) as session:
                yield _ready(session, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ready(session: "SparkSession", folder: Path) -> Spark:
    # Splink keeps its tables on the way here.
    session.sparkContext.setCheckpointDir(folder.as_uri())
    return Spark(session, folder)


def _settings(options: SparkOptions, folder: Path) -> dict[str, str]:
    settings = {
        "spark.master": options.master,
        "spark.app.name": "kuager",
        "spark.driver.memory": options.memory,
        "spark.executor.memory": options.memory,
        # Results are bounded by the memory of the driver, not by a number of their own.
        "spark.driver.maxResultSize": "0",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.execution.arrow.maxRecordsPerBatch": _ROWS_AT_A_TIME,
    }
    if options.is_here:
        # As many parts as keep all cores at work; the usual two hundred cost a small list most of its time.
        parts = str(2 * (os.cpu_count() or 1))
        settings |= {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.local.dir": str(folder / "local"),
            "spark.sql.shuffle.partitions": parts,
            "spark.default.parallelism": parts,
        }
    return {**settings, **options.settings}


@contextmanager
def _started(options: SparkOptions, folder: Path) -> "Iterator[SparkSession]":
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    conf = SparkConf(loadDefaults=False).setAll(list(_settings(options, folder).items()))
    log = folder / "java.log"
    with log.open("wb") as messages:
        gateway: JavaGateway | None = None
        try:
            # Untyped in PySpark.
            gateway = launch_gateway(conf, popen_kwargs={"stderr": messages, "stdout": messages})  # type: ignore[no-untyped-call]
            context = SparkContext(conf=conf, gateway=gateway)
        except Exception as error:
            _stop_java(gateway)
            said = log.read_text(encoding="utf-8", errors="replace")[-_SHOWN_OF_LOG:]
            raise BadInputError(f"Spark did not start on {options.master}: {error}\n{said}") from error
        if options.is_here:
            # Workers on this machine are to find the packages that this program has.
            context.pythonExec = sys.executable
        session = SparkSession(context)
        try:
            yield session
        finally:
            session.stop()
            _stop_java(gateway)


def _stop_java(gateway: "JavaGateway | None") -> None:
    """End the Java process, and let PySpark forget it, so that another may be started."""
    from pyspark import SparkContext

    SparkContext._gateway = SparkContext._jvm = None
    if gateway is None:
        return
    gateway.shutdown()
    process = gateway.proc
    process.stdin.close()
    process.wait(_STOPS_WITHIN_SECONDS)
