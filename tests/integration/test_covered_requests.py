"""What is on its way to the server or from it lies on no disk in plain: looked for in the real server."""

import os
import socket
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from waitress import buffers
from waitress.server import create_server

from kuager.engines.sealing import CoveredFile
from kuager.interfaces.cli.serve import cover_temporary_files

CANARY = b"Canary-of-an-evidence-file "
BODY = CANARY * 100_000


def lying_open() -> bytes:
    """Return everything in files without a name that this process has open."""
    found = []
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            target = str(descriptor.readlink())
            if target.startswith("/") and target.endswith("(deleted)"):
                found.append(os.pread(int(descriptor.name), 1 << 24, 0))
        except OSError:
            continue
    return b"".join(found)


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(buffers.TempfileBasedBuffer, "newfile", buffers.TempfileBasedBuffer.newfile)
    cover_temporary_files()
    server = create_server(application, host="127.0.0.1", port=0, threads=1)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield int(vars(server)["effective_port"])
    server.close()
    thread.join(timeout=5)


def test_a_request_and_its_answer_lie_covered_while_they_wait(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {len(BODY)}\r\nConnection: close\r\n\r\n"
        line.sendall(head.encode() + BODY[:-1])
        pause = threading.Event()
        for _ in range(200):
            if len(laid := lying_open()) > 1_000_000:
                break
            pause.wait(0.02)
        assert len(laid) > 1_000_000, "the server laid nothing aside: this test looks in the wrong place"
        assert CANARY not in laid
        line.sendall(BODY[-1:])
        pause.wait(0.3)  # the answer waits too, for nobody takes it yet
        assert CANARY not in lying_open()
        answer = b"".join(iter(lambda: line.recv(1 << 16), b""))
    assert answer.endswith(BODY)


@given(
    pieces=st.lists(st.binary(max_size=70), max_size=20),
    reads=st.lists(st.tuples(st.integers(0, 900), st.integers(0, 90)), max_size=20),
)
def test_a_covered_file_is_read_like_any_other(pieces: list[bytes], reads: list[tuple[int, int]]) -> None:
    whole = b"".join(pieces)
    with CoveredFile() as file:
        for piece in pieces:
            file.seek(0, os.SEEK_END)
            assert file.write(piece) == len(piece)
        for place, size in reads:
            file.seek(place)
            assert file.read(size) == whole[place : place + size]


def test_no_place_of_a_covered_file_is_written_twice() -> None:
    with CoveredFile() as file:
        file.write(CANARY)
        file.seek(3)
        with pytest.raises(ValueError, match="only written at its end"):
            file.write(b"x")
