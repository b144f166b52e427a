"""What was computed: whether it is what was stored, whether two runs agree to the last bit, the draws."""

import numpy as np
from numpy.typing import NDArray

from kuager.core.digest import sha256_hex
from kuager.domain.lists.models import EstimateDraws, EstimateRun
from kuager.domain.lists.queries.estimate_inputs import input_digest
from kuager.domain.lists.rules.estimates import result_digest
from kuager.domain.lists.terms import EstimateState


def is_intact(run: EstimateRun) -> bool:
    """Whether inputs, results and draws of a finished run have the digests they were stored with."""
    draws = {one.method: one for one in EstimateDraws.objects.filter(run=run)}
    if any(sha256_hex(bytes(one.total)) != one.digest for one in draws.values()):
        return False
    found = result_digest(run.results, {method: one.digest for method, one in draws.items()})
    return run.result_digest == found and run.input_digest == input_digest(run)


def equal_bits(one: EstimateRun, two: EstimateRun) -> bool | None:
    """Whether two runs of the same inputs gave the same numbers; None while one of them is not done."""
    if {one.state, two.state} != {EstimateState.DONE} or one.input_digest != two.input_digest:
        return None
    return one.result_digest == two.result_digest


def total_draws(draws: EstimateDraws) -> NDArray[np.float64]:
    """Return persons in all as they were drawn, shape (n_chains, n_draws)."""
    return np.frombuffer(bytes(draws.total), dtype="<f8").reshape(draws.chains, -1).astype(np.float64)
