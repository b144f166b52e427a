"""Importing lists, linking them, judging pairs, estimating who no list has."""

from kuager.domain.lists.operations.applying import apply_edition, approve_edition
from kuager.domain.lists.operations.estimating import run_estimate
from kuager.domain.lists.operations.linking import accept_links, run_linkage
from kuager.domain.lists.operations.reviewing import review_pair, undo_review
from kuager.domain.lists.operations.staging import begin_edition, create_list, discard_edition, stage_edition
from kuager.domain.lists.operations.undoing import undo_edition

__all__ = [
    "accept_links",
    "apply_edition",
    "approve_edition",
    "begin_edition",
    "create_list",
    "discard_edition",
    "review_pair",
    "run_estimate",
    "run_linkage",
    "stage_edition",
    "undo_edition",
    "undo_review",
]
