"""Pages of the desk: counts."""
