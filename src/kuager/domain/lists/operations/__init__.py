"""Importing lists, linking them, judging pairs, estimating who no list has."""

from kuager.domain.lists.operations.applying import apply_edition, approve_edition
from kuager.domain.lists.operations.asking_index import likely_people
from kuager.domain.lists.operations.computing import compute_estimate, fail_estimate
from kuager.domain.lists.operations.declaring import declare_limits
from kuager.domain.lists.operations.double_reviewing import (
    answer_blindly,
    decide_between,
    draw_double_review,
    take_back_answer,
)
from kuager.domain.lists.operations.estimating import (
    ask_estimate,
    continue_estimate,
    repeat_estimate,
    run_estimate,
    stop_estimate,
)
from kuager.domain.lists.operations.indexing import INDEX_FOLDER, build_index, refresh_index
from kuager.domain.lists.operations.link_auditing import audit_linkage, unaudited_runs
from kuager.domain.lists.operations.link_computing import compute_linkage, fail_linkage
from kuager.domain.lists.operations.linking import (
    accept_links,
    ask_linkage,
    continue_linkage,
    run_linkage,
    stop_linkage,
)
from kuager.domain.lists.operations.reconciling import export_reconciliation
from kuager.domain.lists.operations.reviewing import (
    review_pair,
    skip_pair,
    take_back_judgement,
    undo_review,
)
from kuager.domain.lists.operations.staging import begin_edition, create_list, discard_edition, stage_edition
from kuager.domain.lists.operations.undoing import undo_edition

__all__ = [
    "INDEX_FOLDER",
    "accept_links",
    "answer_blindly",
    "apply_edition",
    "approve_edition",
    "ask_estimate",
    "ask_linkage",
    "audit_linkage",
    "begin_edition",
    "build_index",
    "compute_estimate",
    "compute_linkage",
    "continue_estimate",
    "continue_linkage",
    "create_list",
    "decide_between",
    "declare_limits",
    "discard_edition",
    "draw_double_review",
    "export_reconciliation",
    "fail_estimate",
    "fail_linkage",
    "likely_people",
    "refresh_index",
    "repeat_estimate",
    "review_pair",
    "run_estimate",
    "run_linkage",
    "skip_pair",
    "stage_edition",
    "stop_estimate",
    "stop_linkage",
    "take_back_answer",
    "take_back_judgement",
    "unaudited_runs",
    "undo_edition",
    "undo_review",
]
