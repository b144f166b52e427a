"""Colours that stay apart for colour-blind readers, in greyscale, and on a dim screen."""

INK = "#111111"
QUIET = "#5c5c5c"
GRID = "#dddddd"
STRIPE = "#f1f1f1"
BAR = "#2b5c8a"
OFF = "#d0d0d0"

# After Okabe & Ito (2008), Color universal design, darkened to 3:1 on white; ordered so that neighbours
# differ in lightness. The dashes tell lines apart without colour.
LINES = ("#0b3c5d", "#d1491b", "#0a7f5d", "#8f5aa8", "#7a6a00", "#5c5c5c")
DASHES = ((1, 0), (7, 3), (2, 3), (9, 3, 2, 3), (4, 2), (1, 3))

# One hue, steps of equal lightness: more is darker.
STEPS = ("#dce8f2", "#9fbfda", "#6f9ec6", "#3a70a3", "#123e66")
NO_DATA = "#f4f4f4"
ZERO = "#ffffff"


def text_on(fill: str) -> str:
    """Black or white, whichever is read more easily on ``fill`` (WCAG 2.2, relative luminance)."""
    channels = [int(fill[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return INK if luminance > 0.19 else "#ffffff"
