"""Which kept files can be redacted, and as what."""

from kuager.engines.media.redacting import Kind

_DOCUMENTS = ("application/pdf",)


def redactable_kind(media_type: str) -> Kind | None:
    """Return as what a file of this media type is redacted; None when it cannot be."""
    main = media_type.split(";", maxsplit=1)[0].strip().lower()
    if main in _DOCUMENTS:
        return Kind.DOCUMENT
    return {"image": Kind.IMAGE, "video": Kind.VIDEO, "audio": Kind.SOUND}.get(main.split("/")[0])
