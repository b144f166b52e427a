"""Bayesian latent classes: persons fall into unseen classes that differ in how easily each list sees them.

Within a class the lists are independent; between classes the chances differ, so that the lists depend on
each other for people as a whole (Manrique-Vallier 2016, Biometrics 72, 1246-1254, model LCMCR).

Invariants: the cost does not grow with the number of persons; nothing is capped unless the caller sets a
maximum, and then the answer says so; the same seed gives the same numbers bit for bit on the same machine.

Failure model: the posterior can have several peaks that a chain rarely leaves; chains that start far apart
and do not meet are reported as not converged, never averaged in silence.
"""
