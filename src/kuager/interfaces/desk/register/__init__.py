"""Pages of the desk: register."""
