"""Estimates pages of the desk."""
