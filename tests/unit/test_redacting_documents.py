"""What is removed from a document can be extracted by nobody, and nothing else of the file comes along."""

import io

import numpy as np
import pikepdf
import pypdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.core.errors import BadInputError
from kuager.engines.media.redacting import Area, Box, Kind, Making, OtherPages, Recipe
from kuager.engines.media.redacting.checking import check_copy
from kuager.engines.media.redacting.copying import copied
from kuager.engines.media.redacting.documents import TextNotFoundError
from tests import media_made


def removing(*texts: str, areas: tuple[Area, ...] = (), keep_text: bool = True) -> Recipe:
    return Recipe(
        make=Making.REDACTED,
        of=Kind.DOCUMENT,
        texts=texts,
        areas=areas,
        other_pages=OtherPages.TEXT if keep_text else OtherPages.PIXELS,
    )


def faults(original: bytes, copy: bytes, recipe: Recipe) -> set[str]:
    return {fault.code for fault in check_copy(io.BytesIO(original), io.BytesIO(copy), recipe)}


def texts_of(content: bytes) -> list[str]:
    """What each page says, to pypdf and to pdfium together."""
    file = pypdfium2.PdfDocument(content)
    by_pdfium = [file[number].get_textpage().get_text_range() for number in range(len(file))]
    by_pypdf = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    return [f"{one}\n{other}" for one, other in zip(by_pdfium, by_pypdf, strict=True)]


@pytest.mark.parametrize(("turn", "crop"), [(0, None), (90, None), (180, (30, 30, 380, 480)), (270, None)])
def test_a_text_is_removed_wherever_it_stands(turn: int, crop: tuple[int, ...] | None) -> None:
    original = media_made.document(
        ["Alpha Zhasyryn Bravo\nCharlie Zhasy-\nryn", "Delta Echo", "ZHASYRYN"], turn=turn, crop=crop
    )
    recipe = removing("Zhasyryn")
    copy, made = copied(io.BytesIO(original), recipe)
    pages = texts_of(copy)
    assert [page.strip() for page in pages[::2]] == ["", ""]
    assert pages[1].count("Delta Echo") == 2
    assert faults(original, copy, recipe) == set()
    assert made.media_type == "application/pdf"


def test_what_stands_beside_a_removed_text_can_still_be_read() -> None:
    original = media_made.document(["Alpha Zhasyryn Bravo"])
    copy, _ = copied(io.BytesIO(original), removing("Zhasyryn"))
    was, now = (pypdfium2.PdfDocument(one)[0].render(scale=2).to_numpy()[..., 0] for one in (original, copy))
    ink = np.nonzero((was < 128).any(axis=0))[0]
    begin, end = int(ink[0]), int(ink[-1])
    black = (now < 40).sum(axis=0) > 20
    assert not black[begin : begin + 20].any()
    assert black[(begin + end) // 2]
    assert (now[:, begin : begin + 20] < 128).any()


def test_metadata_attachments_scripts_and_comments_stay_behind() -> None:
    original = media_made.document(["Alpha", "Bravo"], is_telling=True)
    recipe = removing("Alpha", keep_text=True)
    copy, _ = copied(io.BytesIO(original), recipe)
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        assert set(pdf.trailer.keys()) == {"/Root", "/Size"}
        assert set(pdf.Root.keys()) == {"/Type", "/Pages"}
        assert not pdf.attachments
    assert media_made.SECRET.encode() not in copy
    assert faults(original, copy, recipe) == set()
    assert {"metadata", "extra_part", "text_left"} <= faults(original, original, recipe)


def test_earlier_versions_stay_behind() -> None:
    writer = pypdf.PdfWriter(io.BytesIO(media_made.document(["Zhasyryn"])), incremental=True)
    drawn = pypdf.generic.StreamObject()
    drawn.set_data(b"BT /F1 12 Tf 1 0 0 1 60 420 Tm (Alpha) Tj ET")
    writer.pages[0][pypdf.generic.NameObject("/Contents")] = writer._add_object(drawn)
    held = io.BytesIO()
    writer.write(held)
    later, recipe = held.getvalue(), removing("Alpha")
    assert later.count(b"%%EOF") == 2
    copy, _ = copied(held, recipe)
    assert copy.count(b"%%EOF") == 1
    assert faults(later, copy, recipe) == set()
    assert "extra_part" in faults(later, copy + later, recipe)


def test_text_that_nobody_sees_does_not_come_along() -> None:
    original = media_made.document(["Alpha", "Bravo"])
    with pikepdf.open(io.BytesIO(original)) as pdf:
        hidden = b"BT /F1 12 Tf 3 Tr 1 0 0 1 60 100 Tm (Zhasyryn) Tj ET"
        pdf.pages[1].contents_add(pdf.make_stream(hidden))
        held = io.BytesIO()
        pdf.save(held)
    copy, _ = copied(held, removing("Alpha"))
    assert "Bravo" in texts_of(copy)[1]
    assert "Zhasyryn" not in "".join(texts_of(copy))


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_boxes_lie_where_a_person_sees_them(turn: int) -> None:
    original = media_made.document(["\n".join(["MMMMMMMMMMMMMMMM"] * 20)], turn=turn)
    recipe = removing(areas=(Area.still(Box(0, 0, 1000, 500), page=1),))
    copy, _ = copied(io.BytesIO(original), recipe)
    seen = pypdfium2.PdfDocument(copy)[0].render(scale=1).to_numpy()[..., :3]
    half = seen.shape[0] // 2
    assert seen[: half - 6].max() < 30
    assert seen[half + 10 :].max() > 200
    assert faults(original, copy, recipe) == set()


def test_without_asking_no_page_keeps_any_text() -> None:
    original = media_made.document(["Alpha", "Bravo"])
    copy, _ = copied(io.BytesIO(original), removing("Alpha", keep_text=False))
    assert "".join(texts_of(copy)).strip() == ""


def test_cyrillic_text_stays_searchable() -> None:
    from kuager.engines.media.redacting.page_writing import Line, PdfWriter

    held = io.BytesIO()
    writer = PdfWriter(held)
    for text in ("Алматы, қаңтар", "Zhasyryn"):
        pixels = media_made.noise(200, 100)
        writer.page(pixels, (200.0, 100.0), [Line(text, 10, 40, 150, 16)])
    writer.close()
    copy, _ = copied(held, removing("Zhasyryn"))
    assert "Алматы, қаңтар" in texts_of(copy)[0]


def test_a_text_that_is_nowhere_is_told_without_repeating_it() -> None:
    with pytest.raises(TextNotFoundError) as raised:
        copied(io.BytesIO(media_made.document(["Alpha"])), removing("Alpha", "Zhasyryn"))
    assert raised.value.number == 2
    assert "Zhasyryn" not in str(raised.value)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.lists(st.text("abcdefghkmnoprstuxyz", min_size=4, max_size=9), min_size=1, max_size=12),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from([0, 90, 180, 270]),
    st.data(),
)
def test_for_random_documents_no_removed_word_survives(
    pages: list[list[str]], turn: int, data: st.DataObject
) -> None:
    lines = ["\n".join(" ".join(words[n : n + 3]) for n in range(0, len(words), 3)) for words in pages]
    word = data.draw(st.sampled_from(sorted({word for words in pages for word in words})))
    original = media_made.document(lines, turn=turn)
    recipe = removing(word)
    copy, _ = copied(io.BytesIO(original), recipe)
    assert all(word not in text.replace("\n", "") for text in texts_of(copy))
    assert word.encode() not in copy
    assert faults(original, copy, recipe) == set()


class TestTheOppositeCheck:
    """Each kind of failure is shown to the check."""

    ORIGINAL = media_made.document(["Alpha Zhasyryn", "Bravo"])

    def test_black_drawn_over_living_text_is_noticed(self) -> None:
        with pikepdf.open(io.BytesIO(self.ORIGINAL)) as pdf:
            pdf.pages[0].contents_add(pdf.make_stream(b"0 g 0 0 400 500 re f"))
            held = io.BytesIO()
            pdf.save(held)
        assert {"text_layer", "text_left"} <= faults(self.ORIGINAL, held.getvalue(), removing("Zhasyryn"))

    def test_a_page_that_is_missing_or_uncovered_is_noticed(self) -> None:
        one, _ = copied(io.BytesIO(media_made.document(["Bravo"])), removing("Bravo"))
        assert "pages" in faults(self.ORIGINAL, one, removing("Zhasyryn"))
        other, _ = copied(io.BytesIO(self.ORIGINAL), removing("Alpha"))
        assert "not_uniform" in faults(self.ORIGINAL, other, removing("Zhasyryn"))


def test_what_is_no_document_is_refused() -> None:
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(media_made.document(["Alpha"]))) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    for content in (b"", b"%PDF-1.7 nothing", locked.getvalue()):
        with pytest.raises(BadInputError):
            copied(io.BytesIO(content), removing("Alpha"))
    area = Area.still(Box(0, 0, 10, 10), page=3)
    with pytest.raises(BadInputError, match="page 3"):
        copied(io.BytesIO(media_made.document(["Alpha"])), removing(areas=(area,)))
