"""Printed documents: structured text in, PDF/A out (built by a later issue)."""
