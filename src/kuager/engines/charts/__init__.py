"""Pictures of numbers: tables in, self-contained SVG with a text alternative out."""
