"""Draw who is who many times, so that the doubt goes into every figure."""
