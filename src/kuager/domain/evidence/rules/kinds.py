"""What a media type is to the eye and the ear."""

from kuager.domain.evidence.terms import MediaKind

CAPTURES = ("application/warc", "application/x-warc", "application/wacz", "application/x-wacz")
_BEGINNINGS = {
    MediaKind.VIDEO: ("video/",),
    MediaKind.PICTURE: ("image/",),
    MediaKind.SOUND: ("audio/",),
    MediaKind.CAPTURE: CAPTURES,
    MediaKind.DOCUMENT: (
        "text/",
        "application/pdf",
        "application/msword",
        "application/rtf",
        "application/vnd.oasis.opendocument",
        "application/vnd.openxmlformats",
        "application/vnd.ms-",
    ),
}


def beginnings(kind: MediaKind | str) -> tuple[str, ...]:
    """Return how the media types of a kind begin; empty for what is none of the others."""
    return _BEGINNINGS.get(MediaKind(kind), ())


def every_beginning() -> tuple[str, ...]:
    """Return how all media types begin that have a kind."""
    return tuple(one for group in _BEGINNINGS.values() for one in group)


def kind_of(media_type: str) -> MediaKind:
    """Return the kind of a media type.

    >>> kind_of("video/mp4")
    MediaKind.VIDEO
    >>> kind_of("")
    MediaKind.OTHER
    """
    for kind, begins in _BEGINNINGS.items():
        if media_type.startswith(begins):
            return kind
    return MediaKind.OTHER
