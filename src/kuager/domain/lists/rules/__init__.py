"""How a list is read, how rows of two editions are matched, and what may follow what."""
