"""Importing lists, linking them, judging pairs, estimating who no list has."""

from kuager.domain.lists.operations.applying import apply_edition, approve_edition
from kuager.domain.lists.operations.computing import compute_estimate, fail_estimate
from kuager.domain.lists.operations.declaring import declare_limits
from kuager.domain.lists.operations.estimating import (
    ask_estimate,
    continue_estimate,
    repeat_estimate,
    run_estimate,
    stop_estimate,
)
from kuager.domain.lists.operations.linking import accept_links, run_linkage
from kuager.domain.lists.operations.reviewing import review_pair, undo_review
from kuager.domain.lists.operations.staging import begin_edition, create_list, discard_edition, stage_edition
from kuager.domain.lists.operations.undoing import undo_edition

__all__ = [
    "accept_links",
    "apply_edition",
    "approve_edition",
    "ask_estimate",
    "begin_edition",
    "compute_estimate",
    "continue_estimate",
    "create_list",
    "declare_limits",
    "discard_edition",
    "fail_estimate",
    "repeat_estimate",
    "review_pair",
    "run_estimate",
    "run_linkage",
    "stage_edition",
    "stop_estimate",
    "undo_edition",
    "undo_review",
]
