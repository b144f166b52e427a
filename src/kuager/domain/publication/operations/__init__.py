"""What is done to publish: build, publish, withdraw, take somebody off, write the files."""

from kuager.domain.publication.operations.building import build_snapshot
from kuager.domain.publication.operations.choosing import choose_estimate, drop_estimate
from kuager.domain.publication.operations.exporting import export_snapshot
from kuager.domain.publication.operations.media import publish_media, take_down_media, take_down_recalled
from kuager.domain.publication.operations.publishing import publish_snapshot, withdraw_snapshot
from kuager.domain.publication.operations.redacting import (
    lift_redaction,
    redact_person,
    redact_unpublishable,
    withdraw_consent,
)

__all__ = [
    "build_snapshot",
    "choose_estimate",
    "drop_estimate",
    "export_snapshot",
    "lift_redaction",
    "publish_media",
    "publish_snapshot",
    "redact_person",
    "redact_unpublishable",
    "take_down_media",
    "take_down_recalled",
    "withdraw_consent",
    "withdraw_snapshot",
]
