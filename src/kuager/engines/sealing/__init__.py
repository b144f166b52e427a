"""Encryption to keys that the server does not hold (built by a later issue)."""
