"""Compare pairs field by field, on this machine or on Spark, and say what agrees."""
