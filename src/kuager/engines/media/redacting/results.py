"""What came out: the copy that was made, or what the opposite check found wrong with one."""

from collections.abc import Mapping
from dataclasses import dataclass

from kuager.core.digest import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A copy that was written.

    Attributes
    ----------
    media_type
        For instance ``image/png``, ``video/mp4``, ``application/pdf``.
    size
        Bytes written.
    recipe_digest
        SHA-256 of the recipe's canonical JSON, in hex.
    tools
        Name and version of each program that took part.
    """

    media_type: str
    size: int
    recipe_digest: str
    tools: Mapping[str, str]

    def as_json(self) -> dict[str, JsonValue]:
        """Return it for the sealed record of the copy."""
        return {
            "media_type": self.media_type,
            "size": self.size,
            "recipe_digest": self.recipe_digest,
            "tools": dict(self.tools),
        }


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that should be gone from a copy and is not, or that should not be there.

    Attributes
    ----------
    code
        One of: ``unreadable``, ``not_uniform``, ``correlates``, ``not_silent``, ``sound_left``,
        ``text_left``, ``text_layer``, ``metadata``, ``extra_stream``, ``extra_part``, ``pages``,
        ``frames``, ``size``.
    where
        Which frame, page, area or part; never a text of the file.
    """

    code: str
    where: str = ""

    def as_json(self) -> dict[str, JsonValue]:
        """Return it as JSON."""
        return {"code": self.code, "where": self.where}
