"""What a file says of itself: metadata as found, Content Credentials, what the tool told that brought it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuager.core.digest import JsonValue
from kuager.core.errors import BadInputError
from kuager.domain.evidence import queries
from kuager.engines.captures import Code, Tool
from kuager.engines.captures.credentials import Credentials
from kuager.interfaces.desk.evidence_captures.reading import credentials_of, may_be_bundle
from kuager.interfaces.shell.capture_words import Said, limits_of, said_of, said_of_credentials, tool_name

if TYPE_CHECKING:
    from kuager.domain.evidence.models import DigitalItem
    from kuager.engines.vault.vault import Vault

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Group:
    """Values that stand together in the file, such as ``exif gps``."""

    name: str
    pairs: Pairs


@dataclass(frozen=True, slots=True)
class ClaimsPanel:
    """Everything a file says of itself; nothing of it is taken for a fact.

    Attributes
    ----------
    tool, bundle
        The tool that handed the file over, and the item it was taken out of.
    claims, findings, limits
        What the tool told, what was checked when the file came, and what that does not prove.
    metadata
        As found in the file, by group.
    credentials, credential_words
        Content Credentials (C2PA) and what they mean; None where the kind of file has none.
    """

    tool: str = ""
    bundle: int | None = None
    claims: Pairs = ()
    findings: Sequence[Said] = ()
    limits: Sequence[str] = ()
    metadata: Sequence[Group] = ()
    credentials: Credentials | None = None
    credential_words: Said | None = None
    is_bundle: bool = False


def claims_panel(vault: "Vault", item: "DigitalItem") -> ClaimsPanel:
    """Return what a file says of itself, for ``desk/evidence_captures/_claims.html``."""
    told = queries.told(vault, item).get("told")
    told = told if isinstance(told, dict) else {}
    inner = told.get("bundle")
    about = inner if isinstance(inner, dict) else told
    findings = _findings(about.get("findings"))
    credentials = credentials_of(vault, item)
    return ClaimsPanel(
        tool=_tool(about),
        bundle=inner if isinstance(inner, int) else None,
        claims=_pairs(about.get("claims")),
        findings=findings,
        limits=limits_of(findings),
        metadata=_metadata(vault, item),
        credentials=credentials,
        credential_words=None if credentials is None else said_of_credentials(credentials),
        is_bundle=may_be_bundle(item),
    )


def _tool(said: Mapping[str, JsonValue]) -> str:
    try:
        return tool_name(Tool(str(said["tool"])))
    except (KeyError, ValueError):
        return ""


def _pairs(said: JsonValue) -> Pairs:
    return [(name, str(value)) for name, value in said.items()] if isinstance(said, dict) else []


def _findings(said: JsonValue) -> list[Said]:
    found = []
    for one in said if isinstance(said, list) else []:
        if isinstance(one, list) and len(one) == 2 and isinstance(one[1], dict):
            try:
                found.append(said_of(Code(str(one[0])), one[1]))
            except (ValueError, BadInputError):
                continue
    return found


def _metadata(vault: "Vault", item: "DigitalItem") -> list[Group]:
    """Return the values that the limited process found in the file, in the order they stand there."""
    probe = queries.probe_of(vault, item) or {}
    groups: dict[str, list[tuple[str, str]]] = {}
    values = probe.get("found")
    for one in values if isinstance(values, list) else []:
        if isinstance(one, dict):
            value = str(one.get("value") or "")
            groups.setdefault(str(one.get("group") or ""), []).append((str(one.get("name") or ""), value))
    return [Group(name, pairs) for name, pairs in groups.items()]
