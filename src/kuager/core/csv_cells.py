"""Tables as CSV that no spreadsheet program takes for a program.

A cell that begins like a formula, also in full-width letters or behind blanks, is written behind an
apostrophe: Excel, LibreOffice and Google Sheets then show it as text.
"""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA_STARTS = frozenset("=+-@|%＝＋－＠")
BLANKS = " \t\r\n\0\u00a0\ufeff"


def safe_cell(value: object) -> str:
    """Return the cell as text that is never a formula; whole numbers stay as they are."""
    text = str(value)
    if isinstance(value, int):
        return text
    begins_blank = text[:1] in ("\t", "\r", "\n", "\0")
    if begins_blank or text.lstrip(BLANKS)[:1] in FORMULA_STARTS:
        return "'" + text
    return text


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV with a byte-order mark, so that every spreadsheet program reads its letters."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([safe_cell(word) for word in header])
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return "\ufeff" + text.getvalue()
