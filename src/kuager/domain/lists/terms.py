"""The words of the lists room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EditionState(TextChoices):
    """How far an edition of a list has come."""

    STAGING = "staging", _("being staged")
    STAGED = "staged", _("staged, not applied")
    APPLIED = "applied", _("applied")
    UNDONE = "undone", _("undone")
    DISCARDED = "discarded", _("discarded before it was applied")


class RowChange(TextChoices):
    """How a row stands to the edition before."""

    ADDED = "added", _("added")
    UNCHANGED = "unchanged", _("unchanged")
    CHANGED = "changed", _("changed")
    REMOVED = "removed", _("removed")
    REJECTED = "rejected", _("not usable")


class MatchedBy(TextChoices):
    """How the same row was found in the edition before."""

    CONTENT = "content", _("says the same")
    LIST_ID = "list_id", _("has the same number in the list")
    NAME = "name", _("same name, and nothing else contradicts")


class PairState(TextChoices):
    """What has become of a candidate pair."""

    OPEN = "open", _("waits for a review")
    SECOND = "second", _("waits for a second reviewer")
    DECIDED = "decided", _("decided")
    DISPUTED = "disputed", _("reviewers disagree")
    WITHDRAWN = "withdrawn", _("one of the records left its list")


class AskedFor(TextChoices):
    """Why a pair is asked before others (the codes of the linkage engine)."""

    RIVALS = "rivals", _("several records compete for one person")
    JOINS = "joins", _("a yes would join groups of records")
    SPLITS = "splits", _("a no would part a group of records")
    TEACHES = "teaches", _("many open pairs are like it")
    DOUBTFUL = "doubtful", _("the score is near one half")


class SkipReason(TextChoices):
    """Why a reviewer leaves a pair to somebody else, or to later."""

    LATER = "later", _("later: I want to think")
    ASK = "ask", _("somebody has to be asked first")
    SCRIPT = "script", _("I do not read this language or script well")
    KNOWN = "known", _("I know these people: somebody else should judge")


class SampleState(TextChoices):
    """How far a pair of a blind double review has come."""

    FIRST = "first", _("waits for a first reviewer")
    SECOND = "second", _("waits for a second reviewer")
    THIRD = "third", _("the two differ: waits for a third person")
    AGREED = "agreed", _("both say the same")
    DECIDED = "decided", _("decided by a third person")


class EstimateState(TextChoices):
    """How far an estimate has come."""

    WAITING = "waiting", _("waits for its turn")
    RUNNING = "running", _("is being computed")
    DONE = "done", _("done")
    STOPPED = "stopped", _("stopped before the end")
    FAILED = "failed", _("failed")


class LinkState(TextChoices):
    """How far a link run has come."""

    WAITING = "waiting", _("waits for its turn")
    RUNNING = "running", _("is being computed")
    DONE = "done", _("done")
    STOPPED = "stopped", _("stopped before the end")
    FAILED = "failed", _("failed")


class Strata(TextChoices):
    """Into which groups of people an estimate is split."""

    REGION = "region", _("by region")
    SEX = "sex", _("by sex")
    AGE_GROUP = "age_group", _("by age group")
    MONTH = "month", _("by month in which it began")


METHOD_WORDS = {
    "lincoln-petersen": _("Lincoln-Petersen, two lists"),
    "chapman": _("Chapman, two lists"),
    "chao": _("Chao's lower bound"),
    "sample-coverage": _("Sample coverage"),
    "no-highest-interaction": _("No highest interaction"),
    "loglinear": _("Log-linear model chosen by BIC"),
    "loglinear-average": _("Average of log-linear models"),
    "heterogeneity": _("Model of differences among people"),
    "decomposable": _("Average of decomposable graphs"),
    "latent-class": _("Latent classes of people"),
    "sparse": _("Model for sparse overlaps"),
}
"""The methods of the estimation engine, as readers know them."""


def method_word(method: str) -> str:
    """Name a method of the estimation engine for readers; a new one by its own name."""
    return str(METHOD_WORDS.get(method, method))
