"""Pages of the desk: publications."""
