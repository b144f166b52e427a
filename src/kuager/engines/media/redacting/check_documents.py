"""The opposite check of documents: the file is taken apart, its text is searched, its pages are drawn."""

import re
from typing import BinaryIO

import pikepdf

from kuager.engines.media.redacting.boxes import PixelBox
from kuager.engines.media.redacting.page_reading import Document, occurs, opened, places_of
from kuager.engines.media.redacting.painting import Plane
from kuager.engines.media.redacting.recipe import Recipe
from kuager.engines.media.redacting.results import Fault
from kuager.engines.media.redacting.uniform import distance

_LONGEST = 1 << 30
_EDGE = 4
_NEARLY_BLACK = 24
_TRAILER = {"/Root", "/Size"}
_ROOT = {"/Type", "/Pages"}
_PAGE = {"/Type", "/Parent", "/MediaBox", "/Contents", "/Resources"}
_RESOURCES = {"/XObject", "/Font"}
_STREAM = {"/Type", "/Subtype", "/Width", "/Height", "/ColorSpace", "/BitsPerComponent", "/Filter", "/Length"}
_OTHERS = (
    {"/Type", "/Count", "/Kids"},
    {"/Type", "/Subtype", "/FontBBox", "/FontMatrix", "/FirstChar", "/LastChar", "/Widths", "/Encoding"}
    | {"/CharProcs", "/Resources", "/ToUnicode"},
)


def check_document(original: BinaryIO, copy: BinaryIO, recipe: Recipe) -> list[Fault]:
    """Return what is wrong with the copy of a document; an empty list is the good answer."""
    faults = _check_file(copy, recipe)
    with opened(original) as before, opened(copy) as after:
        if len(before) != len(after):
            return [*faults, Fault("pages", f"{len(after)} instead of {len(before)}")]
        for number in range(1, len(before) + 1):
            faults += _check_page(before, after, number, recipe)
            if len(faults) > 20:
                break
    return faults


def _check_file(copy: BinaryIO, recipe: Recipe) -> list[Fault]:
    copy.seek(0)
    data = copy.read(_LONGEST)
    faults = []
    if len(re.findall(rb"startxref", data)) != 1 or len(re.findall(rb"%%EOF", data)) != 1:
        faults.append(Fault("extra_part", "earlier version"))
    if not data.endswith(b"%%EOF\n"):
        faults.append(Fault("extra_part", "behind the end"))
    for number, text in enumerate(recipe.texts, 1):
        spellings = [text.encode(code, "ignore") for code in ("utf-8", "utf-16-be", "utf-16-le", "cp1251")]
        if any(len(one) > 5 and one in data for one in spellings):
            faults.append(Fault("text_left", f"text {number}, in the file's bytes"))
    copy.seek(0)
    try:
        with pikepdf.open(copy) as pdf:
            faults += _check_objects(pdf)
    except pikepdf.PdfError:
        faults.append(Fault("unreadable", "file"))
    return faults


def _check_objects(pdf: pikepdf.Pdf) -> list[Fault]:
    """Every object is one of the few kinds that our writer makes."""
    faults = []
    if set(pdf.trailer.keys()) - _TRAILER:
        faults.append(Fault("metadata", "trailer"))
    for page_number, page in enumerate(pdf.pages, 1):
        if set(page.obj.keys()) - _PAGE or set(page.obj.get("/Resources", {}).keys()) - _RESOURCES:
            faults.append(Fault("extra_part", f"page {page_number}"))
    for found in pdf.objects:
        if isinstance(found, pikepdf.Stream):
            allowed = [_STREAM]
        elif isinstance(found, pikepdf.Dictionary):
            allowed = [_ROOT, _PAGE, *_OTHERS]
        else:
            continue
        if not any(set(found.keys()) <= kind for kind in allowed):
            faults.append(Fault("extra_part", f"object {found.objgen[0]}"))
    return faults


def _check_page(before: Document, after: Document, number: int, recipe: Recipe) -> list[Fault]:
    areas = [area for area in recipe.areas if area.page == number]
    with before.page(number) as original:
        letters = original.letters() if recipe.texts else []
    there = [text for text in recipe.texts if occurs(letters, text)]
    faults = []
    with after.page(number) as page:
        read = page.letters()
        if (areas or there) and read:
            faults.append(Fault("text_layer", f"page {number}"))
        for position, text in enumerate(recipe.texts, 1):
            if occurs(read, text):
                faults.append(Fault("text_left", f"text {position}, page {number}"))
        if areas or there:
            pixels = page.draw()
            height, width = pixels.shape[:2]
            boxes = [area.pixels(0, width, height) for area in areas]
            boxes += [place for text in there for place in places_of(letters, text)]
            if any(_is_left(pixels, box) for box in boxes):
                faults.append(Fault("not_uniform", f"page {number}"))
    return faults


def _is_left(pixels: Plane, box: PixelBox) -> bool:
    height, width = pixels.shape[:2]
    inner = box.shrunk(_EDGE, width, height)
    seen = box if inner.is_empty else inner
    return distance(pixels[seen.top : seen.bottom, seen.left : seen.right], 0) > _NEARLY_BLACK
