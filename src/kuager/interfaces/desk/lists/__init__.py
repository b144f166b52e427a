"""Lists at the desk: import wizard, editions, rows, what stands on one list and not on another."""
