"""Makes footage for tests and benchmarks of copies: invented places, cameras, people, sound and edits."""
