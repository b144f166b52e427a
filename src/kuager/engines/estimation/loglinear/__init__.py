"""Log-linear models of how lists depend on each other, and what they say about the unseen.

A model is a set of terms; each term is a set of lists that depend on each other. All models of a table
need only its margins (how many persons are on all lists of a term), never its cells, so that the cost
does not grow with the number of persons, and with twenty lists not with the million cells either.
"""
