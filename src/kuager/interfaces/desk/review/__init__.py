"""Review pages of the desk."""
