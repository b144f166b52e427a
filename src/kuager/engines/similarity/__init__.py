"""Likeness of texts and images (built by a later issue)."""
