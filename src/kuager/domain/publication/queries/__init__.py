"""Questions of the publication room: what may be public at a moment, and what a snapshot holds."""

from kuager.domain.publication.queries.changes import ChangesInWords, changes_in_words
from kuager.domain.publication.queries.content import SnapshotContent, collect_content, stored_content
from kuager.domain.publication.queries.estimate_pages import (
    ANSWER_COLUMNS,
    EstimateLine,
    EstimatePage,
    estimate_document,
    estimate_lines,
    estimate_page,
    estimate_rows,
)
from kuager.domain.publication.queries.estimates import choice_of, list_choices
from kuager.domain.publication.queries.figure_pages import FigureLine, FigureParts, figure_page, headline
from kuager.domain.publication.queries.labels import STATUS_ORDER, figure_label
from kuager.domain.publication.queries.linkage_pages import LinkageNote, linkage_document, linkage_page
from kuager.domain.publication.queries.media import (
    PublicMedia,
    get_media,
    list_all_media,
    media_path,
    public_media,
)
from kuager.domain.publication.queries.people_pages import (
    SEARCH_LIMIT,
    PeopleFilter,
    PersonLine,
    filter_choices,
    filter_people,
    get_person,
    person_lines,
)
from kuager.domain.publication.queries.picture_pages import PictureLine, get_picture, pictures_of
from kuager.domain.publication.queries.shown import ShownSnapshot, shown_snapshot
from kuager.domain.publication.queries.snapshots import (
    get_snapshot,
    latest_snapshot,
    list_built,
    list_public_snapshots,
    list_snapshots,
    newest_withdrawal,
)
from kuager.domain.publication.queries.tables import (
    FIGURE_COLUMNS,
    PEOPLE_COLUMNS,
    figure_document,
    figure_rows,
    figures_document,
    people_lines,
    people_rows,
    write_csv,
)
from kuager.domain.publication.queries.verification import Check, recompute_digest, verify_snapshot
from kuager.domain.publication.queries.withholding import get_redaction

__all__ = [
    "ANSWER_COLUMNS",
    "FIGURE_COLUMNS",
    "PEOPLE_COLUMNS",
    "SEARCH_LIMIT",
    "STATUS_ORDER",
    "ChangesInWords",
    "Check",
    "EstimateLine",
    "EstimatePage",
    "FigureLine",
    "FigureParts",
    "LinkageNote",
    "PeopleFilter",
    "PersonLine",
    "PictureLine",
    "PublicMedia",
    "ShownSnapshot",
    "SnapshotContent",
    "changes_in_words",
    "choice_of",
    "collect_content",
    "estimate_document",
    "estimate_lines",
    "estimate_page",
    "estimate_rows",
    "figure_document",
    "figure_label",
    "figure_page",
    "figure_rows",
    "figures_document",
    "filter_choices",
    "filter_people",
    "get_media",
    "get_person",
    "get_picture",
    "get_redaction",
    "get_snapshot",
    "headline",
    "latest_snapshot",
    "linkage_document",
    "linkage_page",
    "list_all_media",
    "list_built",
    "list_choices",
    "list_public_snapshots",
    "list_snapshots",
    "media_path",
    "newest_withdrawal",
    "people_lines",
    "people_rows",
    "person_lines",
    "pictures_of",
    "public_media",
    "recompute_digest",
    "shown_snapshot",
    "stored_content",
    "verify_snapshot",
    "write_csv",
]
