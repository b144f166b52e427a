"""Writing a PDF file of pictures, from nothing: it holds what is written here and no other object.

ISO 32000-1, 7.5: header, objects, table, trailer, written once and in one go. There is no information
dictionary, no metadata, no identifier, no form, no annotation, no layer and no earlier version.
"""

import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image

from kuager.engines.media.redacting.painting import Plane

QUALITY = 85
_GLYPHS_IN_A_FONT = 250


@dataclass(frozen=True, slots=True)
class Line:
    """Text that is laid over a page unseen, so that it can be searched: where, in points from below left."""

    text: str
    left: float
    bottom: float
    width: float
    height: float


class PdfWriter:
    """Writes pages one after the other; memory holds one page at a time.

    Parameters
    ----------
    sink
        Anything with ``write``.
    """

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._at = 0
        self._places: dict[int, int] = {}
        self._pages: list[int] = []
        # Catalogue and list of pages are written last but have the first numbers.
        self._next = 3
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def page(self, pixels: Plane, size: tuple[float, float], lines: Sequence[Line] = ()) -> None:
        """Add a page: a picture that fills it, and text over it that can be searched and is not seen."""
        width, height = size
        image = self._picture(pixels)
        drawn = [f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /I Do Q".encode()]
        fonts = ""
        if lines:
            texts, numbers = self._texts(lines)
            drawn.append(texts)
            fonts = "/Font<<" + "".join(f"/F{n} {number} 0 R" for n, number in enumerate(numbers)) + ">>"
        content = self._stream(b"", b"\n".join(drawn))
        number = self._object(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width:.2f} {height:.2f}]/Contents {content} 0 R"
            f"/Resources<</XObject<</I {image} 0 R>>{fonts}>>>>".encode()
        )
        self._pages.append(number)

    def close(self) -> None:
        """Write the list of pages, the table of objects and the trailer."""
        kids = " ".join(f"{number} 0 R" for number in self._pages)
        self._object(f"<</Type/Pages/Count {len(self._pages)}/Kids[{kids}]>>".encode(), number=2)
        self._object(b"<</Type/Catalog/Pages 2 0 R>>", number=1)
        start = self._at
        rows = [b"0000000000 65535 f \n"]
        rows += [f"{self._places[number]:010d} 00000 n \n".encode() for number in range(1, self._next)]
        self._write(f"xref\n0 {self._next}\n".encode() + b"".join(rows))
        self._write(f"trailer\n<</Size {self._next}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode())

    def _picture(self, pixels: Plane) -> int:
        picture = Image.fromarray(pixels)
        is_grey = bool(
            (pixels[:, :, 0] == pixels[:, :, 1]).all() and (pixels[:, :, 1] == pixels[:, :, 2]).all()
        )
        held = io.BytesIO()
        (picture.convert("L") if is_grey else picture).save(held, "JPEG", quality=QUALITY, subsampling=0)
        space = "DeviceGray" if is_grey else "DeviceRGB"
        head = (
            f"/Type/XObject/Subtype/Image/Width {picture.width}/Height {picture.height}/ColorSpace/{space}"
            "/BitsPerComponent 8/Filter/DCTDecode"
        )
        return self._stream(head.encode(), held.getvalue(), is_ready=True)

    def _texts(self, lines: Sequence[Line]) -> tuple[bytes, list[int]]:
        """Return the operators that lay the text over the page, and the fonts they use."""
        letters = sorted({letter for line in lines for letter in line.text})
        fonts = [letters[n : n + _GLYPHS_IN_A_FONT] for n in range(0, len(letters), _GLYPHS_IN_A_FONT)]
        codes = {letter: (n, code) for n, font in enumerate(fonts) for code, letter in enumerate(font, 1)}
        operators = [b"BT 3 Tr"]
        for line in lines:
            # Each glyph is half as wide as high; the line is stretched to the width that is seen.
            stretch = 100 * line.width / max(len(line.text) * line.height * 0.5, 0.01)
            operators.append(f"1 0 0 1 {line.left:.2f} {line.bottom:.2f} Tm {stretch:.2f} Tz".encode())
            for font, run in _runs(line.text, codes):
                operators.append(f"/F{font} {line.height:.2f} Tf <{bytes(run).hex()}> Tj".encode())
        operators.append(b"ET")
        return b"\n".join(operators), [self._font(font) for font in fonts]

    def _font(self, letters: Sequence[str]) -> int:
        """Write a font whose glyphs are empty and know only which letter they stand for (9.6.5, 9.10.3)."""
        count = len(letters)
        pairs = "\n".join(
            f"<{code:02x}> <{letter.encode('utf-16-be').hex()}>" for code, letter in enumerate(letters, 1)
        )
        blocks = "\n".join(
            f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar"
            for part in _in_hundreds(pairs.split("\n"))
        )
        unicode = self._stream(
            b"",
            (
                "/CIDInit/ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
                f"1 begincodespacerange <00> <ff> endcodespacerange\n{blocks}\nendcmap end end"
            ).encode(),
        )
        glyph = self._stream(b"", b"500 0 d0")
        names = " ".join(f"/g{code}" for code in range(1, count + 1))
        procedures = "".join(f"/g{code} {glyph} 0 R" for code in range(1, count + 1))
        widths = " ".join(["500"] * count)
        return self._object(
            f"<</Type/Font/Subtype/Type3/FontBBox[0 0 500 1000]/FontMatrix[.001 0 0 .001 0 0]/FirstChar 1"
            f"/LastChar {count}/Widths[{widths}]/Encoding<</Type/Encoding/Differences[1 {names}]>>"
            f"/CharProcs<<{procedures}>>/Resources<<>>/ToUnicode {unicode} 0 R>>".encode()
        )

    def _stream(self, head: bytes, data: bytes, *, is_ready: bool = False) -> int:
        body = data if is_ready else zlib.compress(data)
        packed = b"" if is_ready else b"/Filter/FlateDecode"
        return self._object(
            b"<<" + head + packed + f"/Length {len(body)}>>\nstream\n".encode() + body + b"\nendstream"
        )

    def _object(self, body: bytes, *, number: int | None = None) -> int:
        if number is None:
            number, self._next = self._next, self._next + 1
        self._places[number] = self._at
        self._write(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
        return number

    def _write(self, data: bytes) -> None:
        self._sink.write(data)
        self._at += len(data)


def _runs(text: str, codes: dict[str, tuple[int, int]]) -> list[tuple[int, list[int]]]:
    runs: list[tuple[int, list[int]]] = []
    for letter in text:
        font, code = codes[letter]
        if not runs or runs[-1][0] != font:
            runs.append((font, []))
        runs[-1][1].append(code)
    return runs


def _in_hundreds(rows: Sequence[str]) -> list[Sequence[str]]:
    return [rows[n : n + 100] for n in range(0, len(rows), 100)]
