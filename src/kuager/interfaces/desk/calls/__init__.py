"""Pages of the desk: calls."""
