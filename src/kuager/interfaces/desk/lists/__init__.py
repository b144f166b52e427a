"""Lists pages of the desk."""
