from kuager.engines.linkage.choosing.keys import KINDS
from kuager.interfaces.desk.review.run_words import SHARED


def test_all_that_compared_records_share_can_be_said_in_every_language() -> None:
    assert {kind.words for kind in KINDS} == set(SHARED)
