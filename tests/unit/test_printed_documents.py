"""Documents as PDF/A: letters of every script here, structure, and the same bytes again."""

import io
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from kuager.core.errors import BadInputError
from kuager.engines.documents import (
    Break,
    Column,
    Document,
    Heading,
    Items,
    Paragraph,
    Row,
    Table,
    TextKind,
    print_document,
    print_fitting,
)
from kuager.engines.documents.letters import BOX, drawable
from kuager.engines.documents.pieces import Piece

KAZAKH = "Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі"
TABLE = Table(
    (Column.TEXT, Column.BAR, Column.NUMBER),
    ("Тізім", "", "Адамдар"),
    (Row(("Заңгерлер", 0.5, "124")), Row(("Барлығы", 1.0, "227"), is_strong=True)),
)


def document(*pieces: Piece, scale: float = 1.0) -> Document:
    return Document(
        title="Неге сандар әртүрлі", language="kk", day=date(2022, 1, 20), pieces=pieces, scale=scale
    )


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_kazakh_russian_and_arabic_letters_are_printed() -> None:
    printed = print_document(document(Paragraph(KAZAKH), Paragraph("Ёж, подъезд №3"), Paragraph("محمد")))
    text = text_of(printed.pdf)
    assert KAZAKH in text
    assert "Ёж, подъезд №3" in text
    assert "محمد" in text


def test_the_file_is_pdf_a_with_structure_language_and_title() -> None:
    reader = PdfReader(io.BytesIO(print_document(document(Heading("x"), TABLE)).pdf))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "kk"
    assert reader.metadata is not None
    assert reader.metadata.title == "Неге сандар әртүрлі"
    assert reader.metadata.author is None
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata


def test_text_is_never_markup() -> None:
    written = 'See #read("/etc/passwd") and *bold* $x$ <label> @ref \\ // = no'
    assert "#read" in text_of(print_document(document(Paragraph(written), Items([written]))).pdf)


def test_what_cannot_be_drawn_is_a_box_and_nothing_fails() -> None:
    odd = "Асан \U0001f600 中 \x00\x07 \u202eابت \u0600\u0610 \ue000 é\u0301\u0302 \ufdfa"
    text = text_of(print_document(document(Paragraph(odd), Items([odd, odd], 2))).pdf)
    assert BOX in text
    assert "\u202e" not in drawable(odd)


def test_every_letter_that_is_said_to_be_drawn_is_drawn() -> None:
    letters = [chr(code) for code in range(0x20, 0x3000)]
    kept = [letter for letter in letters if drawable(f"a{letter}a") == f"a{letter}a"]
    assert len(kept) > 1000
    assert print_document(document(Paragraph(" ".join(kept)), Paragraph("".join(kept)))).pages == 1


def test_the_same_document_gives_the_same_bytes_elsewhere(tmp_path: Path) -> None:
    program = (
        "import sys; from datetime import date; from kuager.engines.documents import *;"
        "d = Document(title='T', language='ru', day=date(2022, 1, 20), pieces=[Paragraph('Сандар')]);"
        "sys.stdout.buffer.write(print_document(d).pdf)"
    )
    found = [
        subprocess.run(  # noqa: S603  # our own interpreter, our own text
            [sys.executable, "-c", program],
            cwd=folder,
            env=os.environ | {"TZ": zone, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for folder, zone in ((tmp_path, "UTC"), (Path.cwd(), "Asia/Almaty"))
    ]
    assert found[0] == found[1]
    assert found[0].startswith(b"%PDF")
    assert str(tmp_path).encode() not in found[0]


def test_the_first_document_that_fits_is_printed() -> None:
    long = [f"{number} Нұров Болат" for number in range(200)]
    choices = [
        (document(Items(long)), 1),
        (document(Items(long, 3)), 1),
        (document(Paragraph("never reached")), 1),
    ]
    printed = print_fitting(choices)
    assert printed.pages == 1
    assert "199 Нұров" in text_of(printed.pdf)
    assert print_fitting(choices[:1]).pages > 1


def test_a_new_page_begins_where_it_is_asked_for() -> None:
    printed = print_document(
        document(Paragraph("one", TextKind.LEAD), Break(), Paragraph("two", TextKind.NOTE))
    )
    assert printed.pages == 2


def test_what_cannot_be_printed_is_refused() -> None:
    with pytest.raises(BadInputError, match="3 cells"):
        print_document(document(Table(TABLE.columns, ("one",), ())))
    with pytest.raises(BadInputError, match="no document"):
        print_fitting([])
