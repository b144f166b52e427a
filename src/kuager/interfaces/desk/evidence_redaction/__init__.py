"""Copies from which something is removed: drawn, looked at, ordered with a reason, made, released."""
