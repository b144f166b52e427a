"""Content Credentials (C2PA) in four states, from what the reading process told of a file.

Absent proves nothing: every copy through a messenger loses them. Valid: the manifest was signed by the holder
of a certificate that nobody here vouches for, and the file is the one that was signed. Trusted: the same, and
an authority that we chose vouches for the certificate. Invalid: file, manifest or signature do not fit.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kuager.core.digest import JsonValue
from kuager.core.errors import BadInputError
from kuager.engines.captures.file_names import shown
from kuager.engines.captures.told import flat, moment

_UNTRUSTED = {"signingCredential.untrusted"}
_STATES = {"Valid": "valid", "Trusted": "trusted", "Invalid": "invalid"}
_MOST = 20


class CredentialState(StrEnum):
    """What is known of a file's credentials."""

    ABSENT = "absent"
    VALID = "valid"
    TRUSTED = "trusted"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a file's credentials say, and whether they hold.

    Attributes
    ----------
    signer
        Name in the certificate, as it stands there.
    generator
        Device or program that made the manifest, as it says.
    actions
        What was done to the file, as the manifest says, oldest first.
    signed_at
        When, by a time stamp in the manifest; None when it has none.
    faults
        Codes of the specification for what does not hold; empty unless invalid.
    """

    state: CredentialState
    signer: str = ""
    generator: str = ""
    actions: Sequence[str] = ()
    signed_at: datetime | None = None
    faults: Sequence[str] = ()
    claims: Mapping[str, JsonValue] = field(default_factory=dict)


def read_answer(data: bytes) -> Credentials:
    """Return what the reading process told; raises BadInputError when it told what it never should."""
    try:
        told = json.loads(data)
        if told["there"] == "absent":
            return Credentials(state=CredentialState.ABSENT)
        said = told["said"]
        manifest = said["manifests"][said["active_manifest"]]
        signature = manifest.get("signature_info") or {}
        state = CredentialState(_STATES[said["validation_state"]])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadInputError("the process that read the credentials answered what it never should") from error
    names = [str(signature.get(name) or "") for name in ("common_name", "issuer")]
    return Credentials(
        state=state,
        signer=shown(", ".join(name for name in names if name)),
        generator=_generator(manifest),
        actions=_actions(manifest),
        signed_at=moment(signature.get("time")),
        faults=_faults(said) if state is CredentialState.INVALID else (),
        claims=flat({name: manifest.get(name) for name in ("title", "format", "claim_version")}),
    )


def _generator(manifest: Mapping[str, object]) -> str:
    found = manifest.get("claim_generator_info")
    first = found[0] if isinstance(found, list) and found and isinstance(found[0], dict) else {}
    named = " ".join(str(first.get(name) or "") for name in ("name", "version")).strip()
    return shown(named or str(manifest.get("claim_generator") or ""))


def _actions(manifest: Mapping[str, object]) -> list[str]:
    found = manifest.get("assertions")
    data = [
        one.get("data")
        for one in (found if isinstance(found, list) else [])
        if isinstance(one, dict) and str(one.get("label", "")).startswith("c2pa.actions")
    ]
    acts = [act for one in data if isinstance(one, dict) for act in _list(one.get("actions"))]
    return [
        shown(" ".join(str(act.get(name) or "") for name in ("action", "digitalSourceType", "when")).strip())
        for act in acts[:_MOST]
        if isinstance(act, dict)
    ]


def _faults(said: Mapping[str, object]) -> list[str]:
    codes = [str(one.get("code")) for one in _list(said.get("validation_status")) if isinstance(one, dict)]
    return [shown(code, 80) for code in dict.fromkeys(codes) if code not in _UNTRUSTED][:_MOST]


def _list(found: object) -> list[object]:
    return found if isinstance(found, list) else []
