"""What the latent class model expects before it sees who is on which lists."""

import numpy as np

from kuager.engines.estimation.latent_class.expecting import prior_totals
from kuager.engines.estimation.latent_class.priors import LatentClassPrior


def test_one_class_and_one_list_see_a_uniform_share() -> None:
    """The chance of being seen is then uniform: half of the totals are beyond twice those seen."""
    totals = prior_totals(1, 10_000, prior=LatentClassPrior(classes=1))
    assert abs(np.mean(totals > 20_000) - 0.5) < 0.03
    assert abs(np.mean(totals > 40_000) - 0.25) < 0.03


def test_many_lists_are_expected_to_miss_almost_nobody() -> None:
    few, many = prior_totals(3, 1000), prior_totals(20, 1000)
    assert np.median(many) < 1010 < np.median(few)


def test_nobody_seen_is_unseen_and_the_seed_settles_all() -> None:
    assert (prior_totals(4, 300) >= 300).all()
    assert (prior_totals(4, 300, seed=7) == prior_totals(4, 300, seed=7)).all()
