"""Say exactly why several lists of the same people give different numbers."""
