"""The words of the evidence room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Derivation(TextChoices):
    """What a kept file is: as it came, or made by us from another one."""

    ORIGINAL = "original", _("as it was acquired")
    STRIPPED = "stripped", _("copy without metadata")
    TRANSCODED = "transcoded", _("copy in another format")
    REDACTED = "redacted", _("redacted copy")
    STILL = "still", _("single picture of a video")


class AcquisitionMethod(TextChoices):
    """How a file came to us."""

    UPLOAD = "upload", _("uploaded on a page")
    COMMAND = "command", _("added with a command")
    FOLDER = "folder", _("taken from a watched folder")
    WEB_CAPTURE = "web_capture", _("captured web page")
    AUTO_ARCHIVER = "auto_archiver", _("auto-archiver")
    PROOFMODE = "proofmode", _("ProofMode")
    TELLA = "tella", _("Tella")
    REPORT = "report", _("sent with a report")
    DERIVED = "derived", _("made from another item")


class MediaKind(TextChoices):
    """What a file is to the eye and the ear."""

    VIDEO = "video", _("video")
    PICTURE = "picture", _("picture")
    SOUND = "sound", _("sound")
    DOCUMENT = "document", _("document")
    CAPTURE = "capture", _("web capture")
    OTHER = "other", _("other")


class ReadingState(TextChoices):
    """Whether the machine has looked into a file yet (format, preview, fingerprints)."""

    WAITING = "waiting", _("waits to be read")
    READ = "read", _("read")
    UNREADABLE = "unreadable", _("could not be read")


class RelationKind(TextChoices):
    """What two items have to do with each other."""

    SAME_BYTES = "same_bytes", _("the same file, byte for byte")
    SAME_FOOTAGE = "same_footage", _("the same footage")
    EXCERPT = "excerpt", _("one is an excerpt of the other")
    SAME_PICTURE = "same_picture", _("the same picture")
    SAME_PLACE = "same_place", _("the same place, other footage")
    SAME_SOUND = "same_sound", _("the same sound, other pictures")


COPIES = (
    RelationKind.SAME_BYTES,
    RelationKind.SAME_FOOTAGE,
    RelationKind.EXCERPT,
    RelationKind.SAME_PICTURE,
)
"""Relations that make two items copies of one thing; the same place or sound does not."""


class RelationState(TextChoices):
    """What has become of a suggested relation."""

    SUGGESTED = "suggested", _("suggested, nobody has looked yet")
    CONFIRMED = "confirmed", _("confirmed")
    REJECTED = "rejected", _("rejected")


class Aspect(TextChoices):
    """What is verified of an item."""

    PLACE = "place", _("place")
    DATE = "date", _("date and time")
    SOURCE = "source", _("source")
    AUTHENTICITY = "authenticity", _("authenticity")


class Certainty(TextChoices):
    """How sure a finding is, from the weakest to the strongest; and that a claim was found to be wrong.

    The Berkeley Protocol (2020, chapters VI and VII) asks that the degree of confidence be told with each
    conclusion, and leaves the scale to the investigator: this one.
    """

    UNCERTAIN = "uncertain", _("cannot be told")
    POSSIBLE = "possible", _("possible: fits, and so do other answers")
    PROBABLE = "probable", _("probable: better than every other answer")
    CONFIRMED = "confirmed", _("confirmed: independent traces agree, nothing speaks against it")
    REFUTED = "refuted", _("refuted: what was claimed is wrong")


class VerificationState(TextChoices):
    """How far a finding has come."""

    PROPOSED = "proposed", _("found by one person")
    VERIFIED = "verified", _("verified by two people")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ReleaseState(TextChoices):
    """Whether a redacted item may be published."""

    NONE = "none", _("not released")
    PROPOSED = "proposed", _("proposed for release")
    RELEASED = "released", _("released")


class FixityState(TextChoices):
    """How far a look at every kept byte has come."""

    RUNNING = "running", _("under way")
    DONE = "done", _("done")


class OrderState(TextChoices):
    """How far an ordered copy has come."""

    DRAFT = "draft", _("being drawn")
    WAITING = "waiting", _("waits to be made")
    RUNNING = "running", _("being made")
    DONE = "done", _("kept")
    FAILED = "failed", _("not made")


class OrderFault(TextChoices):
    """Why a copy was not made, or was made and thrown away."""

    NOT_UNDERSTOOD = "not_understood", _("the file cannot be read as what it is said to be")
    TEXT_NOT_FOUND = (
        "text_not_found",
        _("a text to remove is nowhere in the document's text; if it stands in a picture, draw boxes"),
    )
    LEFT_OVER = (
        "left_over",
        _("the check found something in the copy that should be gone; it was thrown away"),
    )
    TOO_MUCH = "too_much", _("it took too long or needed too much memory")
    CRASHED = "crashed", _("the reading process died over the file")
    INTERRUPTED = "interrupted", _("the program was stopped while it worked; ask again")
