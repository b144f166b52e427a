"""Copies of one thing at the desk: suggested relations, the group as a graph, where copies were published."""
