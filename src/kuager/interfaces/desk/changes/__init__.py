"""Pages of the desk: changes."""
