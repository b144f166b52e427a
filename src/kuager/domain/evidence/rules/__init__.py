"""What may be done with evidence, by whom, and what must be true of a note, a finding or an appearance."""
