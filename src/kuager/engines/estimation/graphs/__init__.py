"""Average over all decomposable graphs of dependence between lists (Madigan & York 1997).

Invariants: the average is exact for up to seven lists (every graph, every weight); the grid of unseen
persons has no hidden end; the complete graph, whose answer is nothing but its prior, has weight 0 unless
asked for, and what it would change is reported.
"""
