"""Interface for people who report: families, witnesses (built by a later issue)."""
