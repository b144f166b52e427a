"""Who can sign in to the example data, and with what; shown on its own pages, and nowhere else."""

PASSWORD = "invented people only"  # noqa: S105  # printed for everybody who starts the demonstration
ACCOUNTS = (
    ("asel", "documenter"),
    ("gulnar", "documenter"),
    ("dana", "evidence_officer"),
    ("erlan", "lawyer"),
    ("saule", "statistician"),
    ("farida", "editor"),
    ("timur", "auditor"),
)
