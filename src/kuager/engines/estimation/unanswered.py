"""Estimate from lists that did not answer for everybody."""

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from typing import cast

from kuager.core.errors import KuagerError
from kuager.engines.estimation.comparison import Comparison, compare
from kuager.engines.estimation.comparison.disagreements import disagreements
from kuager.engines.estimation.comparison.sharing import checkpoint_of, progress_of
from kuager.engines.estimation.guard import guarded
from kuager.engines.estimation.guard.contradictions import contradictions
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.imputation import impute_answers
from kuager.engines.estimation.methods import METHODS, estimate, tried_out
from kuager.engines.estimation.partial import PartialHistories
from kuager.engines.estimation.replicates import combine_replicates
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence, people

TABLES = 20
# Methods that can sum over what an unanswered cell may hold, and need no imputation: name to place.
SUMMING_OVER: Mapping[str, str] = {"latent-class": "latent_class.answering:estimate_partial"}


def estimate_partial(
    histories: PartialHistories,
    *,
    method: str,
    request: Request | None = None,
    derived: Mapping[str, str] | None = None,
    cannot_contain: Mapping[str, str] | None = None,
) -> Estimate:
    """Estimate how many persons there are when some lists did not answer for some persons.

    Latent classes sum over both possible answers. For every other method the missing answers are drawn
    several times and the answers combined by Rubin's rules. A warning gives the number that reading
    "no answer" as "no" would have led to.

    Parameters
    ----------
    histories : PartialHistories
        Who is on which lists, as far as they answered. Without gaps it is the same as ``estimate``.
    method : str
        A key of ``METHODS``.
    request : Request, optional
        What is asked of the method.
    derived : mapping, optional
        Lists built from another list: name of the copy to name of its origin.
    cannot_contain : mapping, optional
        Lists on which some people can never be: name of the list to those people, in words.

    """
    wanted = request or Request()
    as_no = histories.as_answered_no()
    if histories.is_complete:
        return estimate(as_no, method=method, request=wanted, derived=derived, cannot_contain=cannot_contain)
    place = SUMMING_OVER.get(method)
    if place is None:
        answer = _imputed(histories, method, wanted, derived)
        declared = guarded(as_no, answer, cannot_contain=cannot_contain).reasons
        reasons = tuple(dict.fromkeys((*answer.reasons, *declared)))
        answer = replace(answer, reasons=reasons, publishable=not reasons)
    else:
        answer = tried_out(as_no, _summed(place, histories, wanted), wanted)
        answer = guarded(as_no, answer, derived=derived, cannot_contain=cannot_contain)
    warnings = (_read_as_no(histories, answer, wanted), *answer.warnings)
    return replace(answer, warnings=warnings)


def _summed(place: str, histories: PartialHistories, request: Request) -> Estimate:
    module, _, name = place.partition(":")
    method = getattr(import_module(f"kuager.engines.estimation.{module}"), name)
    return cast(Estimate, method(histories, request))


def _imputed(
    histories: PartialHistories, method: str, request: Request, derived: Mapping[str, str] | None
) -> Estimate:
    """Estimate from each filled table; a checkpoint would mix them up, so that none is passed on."""
    tables = impute_answers(histories, m=TABLES, seed=request.seed)
    answers = []
    for done, table in enumerate(tables):
        request.progress("filled tables", done / len(tables))
        one = replace(request, checkpoint=None, progress=lambda _what, _done: None)
        answers.append(estimate(table, method=method, request=one, derived=derived))
    return combine_replicates(answers)


def _read_as_no(histories: PartialHistories, answer: Estimate, request: Request) -> Sentence:
    values = {"lists": _shares(histories), "answer": people(answer.estimate)}
    try:
        other = estimate(
            histories.as_answered_no(),
            method=answer.method,
            request=replace(request, checkpoint=None),
        )
    except KuagerError:
        return Sentence(
            "Lists did not answer for everybody ({lists}); what they would have said was allowed for. Read "
            "as no, there would be no answer instead of {answer}.",
            **values,
        )
    low, high = other.interval
    return Sentence(
        "Lists did not answer for everybody ({lists}); what they would have said was allowed for. Read as "
        "no, the answer would be {other} ({low} to {high}) instead of {answer}.",
        **values,
        other=people(other.estimate),
        low=people(low),
        high=people(high),
    )


def _shares(histories: PartialHistories) -> str:
    """Name the lists with the share of persons for whom they are silent."""
    found = sorted(
        ((share, name) for name, share in histories.unanswered_share.items() if share), reverse=True
    )
    return ", ".join(f"{name} {share:.0%}" if share >= 0.005 else f"{name} <1%" for share, name in found)


def without_empty_lists(histories: PartialHistories) -> PartialHistories:
    """Leave out lists that name nobody; they say nothing about the others."""
    named = (histories.patterns == 1).any(axis=0)
    if named.all() or not named.any():
        return histories
    return histories.select([name for name, is_named in zip(histories.lists, named, strict=True) if is_named])


def as_partial(histories: CaptureHistories | PartialHistories) -> PartialHistories:
    """Take either kind of table as one that may have gaps."""
    if isinstance(histories, PartialHistories):
        return histories
    return PartialHistories.from_complete(histories)


def compare_partial(
    histories: PartialHistories,
    *,
    request: Request | None = None,
    derived: Mapping[str, str] | None = None,
    cannot_contain: Mapping[str, str] | None = None,
) -> Comparison:
    """Run every method that applies on lists that may not have answered for everybody.

    Without gaps it is the same as ``compare``. With gaps methods for two lists take part only if there are
    two lists.
    """
    wanted = request or Request()
    if histories.is_complete:
        return compare(
            histories.as_answered_no(), request=wanted, derived=derived, cannot_contain=cannot_contain
        )
    answers: list[Estimate] = []
    not_run: dict[str, str] = {}
    for place, method in enumerate(METHODS):
        own = replace(
            wanted,
            progress=progress_of(wanted.progress, method, place=place, among=len(METHODS)),
            checkpoint=checkpoint_of(wanted.checkpoint, method),
        )
        try:
            one = estimate_partial(
                histories, method=method, request=own, derived=derived, cannot_contain=cannot_contain
            )
            answers.append(one)
        except KuagerError as error:
            not_run[method] = str(error)
    against = contradictions(tuple(answers))
    judged = [
        replace(answer, reasons=(*answer.reasons, *found), publishable=answer.publishable and not found)
        for answer, found in zip(answers, against, strict=True)
    ]
    return Comparison(
        n_lists=len(histories.lists),
        observed=histories.observed,
        estimates=tuple(judged),
        not_run=not_run,
        sentences=tuple(disagreements(histories.as_answered_no(), judged)),
    )
