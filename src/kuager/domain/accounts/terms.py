"""The words of the accounts room: who somebody is, and what they may do."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a member of the organisation is here for."""

    NONE = "none", _("no role")
    VOLUNTEER = "volunteer", _("volunteer")
    DOCUMENTER = "documenter", _("documenter")
    EVIDENCE_OFFICER = "evidence_officer", _("evidence officer")
    LAWYER = "lawyer", _("lawyer")
    STATISTICIAN = "statistician", _("statistician")
    EDITOR = "editor", _("editor")
    ADMINISTRATOR = "administrator", _("administrator")
    AUDITOR = "auditor", _("auditor")


class Capability(TextChoices):
    """One kind of act that somebody may or may not do."""

    READ_REGISTER = "read_register", _("read the register")
    RECORD = "record", _("record calls, records and assertions")
    IMPORT_LISTS = "import_lists", _("import lists")
    JUDGE = "judge", _("judge who is who")
    APPROVE = "approve", _("approve as the second person")
    ESTIMATE = "estimate", _("run linkage and estimates")
    PUBLISH = "publish", _("publish snapshots")
    ADMINISTER = "administer", _("manage accounts")
    READ_AUDIT = "read_audit", _("read the audit record")
    VIEW_EVIDENCE = "view_evidence", _("look at evidence")
    KEEP_EVIDENCE = "keep_evidence", _("keep evidence")
    VERIFY_EVIDENCE = "verify_evidence", _("verify evidence")
    EXPORT_EVIDENCE = "export_evidence", _("export evidence")
