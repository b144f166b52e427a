"""Pages of the desk: home."""
