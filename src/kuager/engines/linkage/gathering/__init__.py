"""Gather linked records into persons, say what keeps some apart, and how right it all is."""
