"""Choose which pairs are worth comparing, from the data and within a bound."""
