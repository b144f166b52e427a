"""Overlap and estimates at the desk."""
