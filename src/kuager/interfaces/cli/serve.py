"""``kuager serve``: the pages and the background work, started and stopped together."""

import signal
import subprocess
import sys

import click
import waitress
from waitress.buffers import TempfileBasedBuffer

from kuager.engines.sealing import CoveredFile
from kuager.interfaces.cli.setup import acting_user, now, start_django


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--threads", default=6, show_default=True, help="Requests answered at the same time.")
def command(host: str, port: int, threads: int) -> None:
    """Serve the pages and do background work, until Ctrl-C."""
    start_django()
    _load_places()
    run(host=host, port=port, threads=threads)


def _load_places() -> None:
    """See to it that regions and cities are there: without them every count would lack its region."""
    from kuager.domain.places import operations

    operations.load_places(by=acting_user(), at=now())


def cover_temporary_files() -> None:
    """Let nothing that is sent or asked for lie readable on a disk while it is on its way.

    The web server lays requests of more than half a megabyte aside in a temporary file, and answers of more
    than one, before our own code sees a byte of them: evidence would touch the disk in plain.
    """
    setattr(TempfileBasedBuffer, "newfile", lambda _: CoveredFile())  # noqa: B010  # its types know one kind of file


def run(*, host: str, port: int, threads: int = 6) -> None:
    """Start one worker process and answer requests; stop the worker when the server stops."""
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    # With HTTPS on, a reverse proxy speaks it and hands requests on in plain: without this word Django would
    # send every one of them back to HTTPS, for ever.
    scheme = "https" if settings.IS_HTTPS else "http"
    cover_temporary_files()
    application = get_wsgi_application()
    worker = subprocess.Popen(  # our own interpreter and our own command
        [sys.executable, "-m", "kuager.interfaces.cli.main", "manage", "work"],
        stdout=subprocess.DEVNULL,
    )
    # A service manager stops us with SIGTERM: leave through ``finally``, so that the worker stops too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    click.echo(f"Kuager listens on http://{host}:{port}", err=True)
    try:
        waitress.serve(application, host=host, port=port, threads=threads, url_scheme=scheme, _quiet=True)
    finally:
        worker.terminate()
        worker.wait(timeout=10)
