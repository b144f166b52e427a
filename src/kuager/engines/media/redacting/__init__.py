"""Copies from which something was really removed, and the opposite check that it is gone.

Promises: a redacted copy is made anew from what a person sees, never by hiding: pixels are decoded, covered
and encoded again; muted sound is decoded, set to zero and encoded again; a page of a document on which
something is covered becomes a picture without text. Nothing of the original file's other contents (metadata,
thumbnails, second tracks, attachments, earlier versions) is carried over. The original is only read.

Failure model: what nobody marked is not removed. Black is the only safe cover: a mosaic keeps the average
colour of a few cells, and faces, plates and texts covered by mosaic or blur have been recognised again
(R. McPherson, R. Shokri, V. Shmatikov, 2016, "Defeating image obfuscation with deep learning"; S. Hill and
others, 2016, "On the (in)effectiveness of mosaicing and blurring as tools for document redaction").
"""

from kuager.engines.media.redacting.boxes import Area, Box, Cover, Key, Span
from kuager.engines.media.redacting.recipe import Kind, Making, OtherPages, Recipe
from kuager.engines.media.redacting.results import Fault, Made

__all__ = ["Area", "Box", "Cover", "Fault", "Key", "Kind", "Made", "Making", "OtherPages", "Recipe", "Span"]
