"""Bundles: items that leave the vault with their history and the proofs, to be checked by strangers."""

from kuager.engines.vault.bundle.exporting import export
from kuager.engines.vault.bundle.sinks import FolderSink, SealedSink, Sink

__all__ = ["FolderSink", "SealedSink", "Sink", "export"]
