"""Bundles: items that leave the vault with their history and the proofs, to be checked by strangers."""

from kuager.engines.vault.bundle.exporting import Bundle, begin, export
from kuager.engines.vault.bundle.sinks import FolderSink, SealedSink, Sink
from kuager.engines.vault.bundle.streams import zipped

__all__ = ["Bundle", "FolderSink", "SealedSink", "Sink", "begin", "export", "zipped"]
