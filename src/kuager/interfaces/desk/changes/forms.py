"""Between which two moments, or which two days."""

from datetime import datetime, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from kuager.domain.register.queries import Question
from kuager.interfaces.desk.form_fields import DayField, MomentField, PlainForm, chosen_day, chosen_moment

USUAL_DAYS = 7
KINDS = (
    ("record_added", _("record added")),
    ("record_withdrawn", _("record withdrawn")),
    ("asserted", _("statement recorded")),
    ("approved", _("approved by a second person")),
    ("refused", _("refused by a second person")),
    ("corrected", _("corrected")),
    ("judged", _("judged who is who")),
    ("judgement_ended", _("judgement ended")),
)
KIND_WORDS = dict(KINDS)


class ActsForm(PlainForm):
    """What the register learnt between two moments."""

    known_from = MomentField(label=_("Learnt after"))
    known_to = MomentField(label=_("and until"), help_text=_("Empty: until now."))
    kind = forms.ChoiceField(label=_("Only"), choices=[("", "—"), *KINDS], required=False)
    by = forms.CharField(label=_("Only by"), max_length=150, required=False)

    def window(self, now: datetime) -> tuple[datetime, datetime]:
        """Return the two moments; the last seven days where none is given."""
        if not self.is_bound or not self.is_valid():
            return now - timedelta(days=USUAL_DAYS), now
        known_to = chosen_moment(self, "known_to") or now
        return chosen_moment(self, "known_from") or known_to - timedelta(days=USUAL_DAYS), known_to


class DaysForm(PlainForm):
    """How the answer differs between two days, each as known at a moment or now."""

    day_from = DayField(label=_("As of"))
    day_to = DayField(label=_("and as of"))
    seen_from = MomentField(label=_("first as known at"), help_text=_("Empty: as known now."))
    seen_to = MomentField(label=_("second as known at"), help_text=_("Empty: as known now."))

    def questions(self, now: datetime) -> tuple[Question, Question]:
        """Return the two questions of a valid form."""
        today = now.date()
        return (
            Question(as_of=chosen_day(self, "day_from", today), known_at=chosen_moment(self, "seen_from")),
            Question(as_of=chosen_day(self, "day_to", today), known_at=chosen_moment(self, "seen_to")),
        )
