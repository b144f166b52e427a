"""Pages of the desk: audits."""
