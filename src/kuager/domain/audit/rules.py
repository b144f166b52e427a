"""How one event is chained to the one before."""

import hashlib
import json
from datetime import UTC

from kuager.domain.audit.models import AuditEvent


def event_hash(event: AuditEvent) -> str:
    """Return the SHA-256 over the event and the hash before it: no event can be changed or moved unseen."""
    content = [
        event.seq,
        event.actor,
        event.action,
        event.target,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.reason,
        event.detail,
        event.prev_hash,
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
