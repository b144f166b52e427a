"""Tables of people: what each source says about one person, and which records are the same person."""

from django.db import models

from kuager.core.privacy import private, public
from kuager.domain.accounts.models import User
from kuager.domain.people.terms import KeyRole, Method, NameKind, Sex, Verdict
from kuager.domain.places.models import Place
from kuager.domain.sources.models import Citation, Consent


class Person(models.Model):
    """A human being, as far as we know. Holds only a stable public code: everything else is derived."""

    code = models.CharField(max_length=12, unique=True)
    created_at = models.DateTimeField()

    privacy = public("id", "code") | private("created_at")


class Record(models.Model):
    """What one source says about one person, as it says it. Never changed, never deleted.

    ``birth_*`` are the earliest and latest day of birth that birth date and age together allow.
    ``told_on`` is the day on which the source said it. ``home_person`` is the person the record belongs to
    when no judgement says otherwise.
    """

    citation = models.ForeignKey(Citation, on_delete=models.PROTECT, related_name="records")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, related_name="records")
    home_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="home_records", db_index=False
    )
    name = models.CharField(max_length=300)
    script = models.CharField(max_length=10, blank=True)
    given = models.CharField(max_length=120, blank=True)
    family = models.CharField(max_length=120, blank=True)
    patronymic = models.CharField(max_length=120, blank=True)
    sex = models.CharField(max_length=6, choices=Sex, blank=True)
    birth_edtf = models.CharField(max_length=40, blank=True)
    birth_earliest = models.DateField(null=True)
    birth_latest = models.DateField(null=True)
    age_min = models.PositiveSmallIntegerField(null=True)
    age_max = models.PositiveSmallIntegerField(null=True)
    home_place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    home_text = models.CharField(max_length=300, blank=True)
    occupation = models.CharField(max_length=200, blank=True)
    category = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)
    told_on = models.DateField()
    known_at = models.DateTimeField()

    privacy = public("id", "name", "sex", "age_min", "age_max", "category", "told_on") | private(
        "citation",
        "consent",
        "home_person",
        "script",
        "given",
        "family",
        "patronymic",
        "birth_edtf",
        "birth_earliest",
        "birth_latest",
        "home_place",
        "home_text",
        "occupation",
        "note",
        "known_at",
    )


class RecordName(models.Model):
    """Another name under which the same source knows the person."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="names")
    kind = models.CharField(max_length=12, choices=NameKind)
    name = models.CharField(max_length=300)
    script = models.CharField(max_length=10, blank=True)

    privacy = private("id", "record", "kind", "name", "script")


class NameKey(models.Model):
    """A search key of one part of a name, the same in every script (engine ``names``)."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="keys", db_index=False)
    key = models.CharField(max_length=60)
    role = models.CharField(max_length=10, choices=KeyRole)

    class Meta:
        """Searched by key."""

        indexes = (models.Index(fields=["key", "record"], name="name_key"),)

    privacy = private("id", "record", "key", "role")


class KeyEdition(models.Model):
    """Which version of the names engine made the stored search keys; one row, absent in an empty register.

    While keys are written anew, ``rewriting`` is the version they get, and the records up to ``rewritten_to``
    have it already; otherwise both are 0.
    """

    version = models.PositiveSmallIntegerField()
    rewriting = models.PositiveSmallIntegerField(default=0)
    rewritten_to = models.BigIntegerField(default=0)

    privacy = private("id", "version", "rewriting", "rewritten_to")


class Assignment(models.Model):
    """Record to person over known time; a record without an open assignment is out of the register.

    ``known_until`` is exclusive and null while it lasts. ``cause`` names the act that opened it, such as
    ``judgement:17`` or ``edition:3``; ``end_cause`` the act that closed it.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="assignments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assignments")
    known_from = models.DateTimeField()
    known_until = models.DateTimeField(null=True)
    cause = models.CharField(max_length=40)
    end_cause = models.CharField(max_length=40, blank=True)

    class Meta:
        """Constraints live in the database."""

        indexes = (models.Index(fields=["known_from"], name="assignment_known"),)
        constraints = (
            models.UniqueConstraint(
                fields=["record"], condition=models.Q(known_until__isnull=True), name="one_open_assignment"
            ),
            models.CheckConstraint(
                condition=models.Q(known_until__isnull=True)
                | models.Q(known_until__gte=models.F("known_from")),
                name="assignment_ends_after_it_begins",
            ),
        )

    privacy = private("id", "record", "person", "known_from", "known_until", "cause", "end_cause")


class Judgement(models.Model):
    """What somebody says of two records. Superseded or undone, never edited; ``record_a`` has the lower id.

    When a judgement is undone, the one of the same author that it had superseded comes back as a new row that
    ``restores`` the old one.
    """

    record_a = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="judgements_a")
    record_b = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="judgements_b")
    verdict = models.CharField(max_length=9, choices=Verdict)
    method = models.CharField(max_length=8, choices=Method)
    score = models.FloatField(null=True)
    explanation = models.TextField(blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    end_reason = models.CharField(max_length=200, blank=True)
    restores = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="restored_as", db_index=False
    )

    class Meta:
        """One judgement in force for two records by one author; a second reviewer adds a second one."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(record_a__lt=models.F("record_b")), name="judgement_pair_in_order"
            ),
            models.UniqueConstraint(
                fields=["record_a", "record_b", "author"],
                condition=models.Q(ended_at__isnull=True),
                name="one_judgement_in_force",
            ),
        )

    privacy = private(
        "id",
        "record_a",
        "record_b",
        "verdict",
        "method",
        "score",
        "explanation",
        "author",
        "decided_at",
        "ended_at",
        "ended_by",
        "end_reason",
        "restores",
    )
