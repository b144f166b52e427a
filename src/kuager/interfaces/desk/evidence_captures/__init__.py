"""Pages about what other tools hand us: bundles looked into, their files kept, what a file says of itself."""
