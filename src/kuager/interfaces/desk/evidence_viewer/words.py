"""Sentences of the viewer for what engines tell as codes."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kuager.engines.media.subtitles import Problem, ProblemKind

_PROBLEMS = {
    ProblemKind.BAD_TIME: _("the time cannot be read; the text is kept without it"),
    ProblemKind.END_BEFORE_START: _("the end lies before the beginning; only the beginning is used"),
    ProblemKind.OUT_OF_ORDER: _("it begins earlier than the piece before it"),
    ProblemKind.TEXT_WITHOUT_TIME: _("text without a time; it is kept"),
    ProblemKind.TIME_WITHOUT_TEXT: _("a time without text; it is left out"),
    ProblemKind.NO_EMPTY_LINE: _("an empty line is missing before the next piece"),
    ProblemKind.GUESSED_ENCODING: _("the file is not in UTF-8; its letters were guessed: read it through"),
}


def problem_words(problem: Problem) -> str:
    """Say what is wrong in which line."""
    what = _PROBLEMS[problem.kind]
    return gettext("Line %(line)d: %(what)s") % {"line": problem.line, "what": what}
