"""What an import would do, read from the file and remembered for a while: pages and filters ask again."""

from datetime import date
from typing import TYPE_CHECKING

from django.core.cache import cache

from kuager.core.digest import canonical_json, sha256_hex
from kuager.domain.lists import queries
from kuager.interfaces.desk.lists.uploads import original_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kuager.core.digest import JsonValue
    from kuager.domain.lists.models import CasualtyList, ListEdition
    from kuager.domain.lists.queries import DryRun
    from kuager.interfaces.desk.lists.drafts import ImportDraft

KEPT_SECONDS = 3600


def dry_run_of_draft(draft: "ImportDraft") -> "DryRun":
    """Return what the import of an upload would do."""
    return _dry_run(
        draft.digest,
        draft.mapping,
        draft.day,
        casualty_list=queries.get_list(draft.list_id) if draft.list_id else None,
        default_status=draft.default_status,
        stated_total=draft.stated_total,
    )


def dry_run_of_edition(edition: "ListEdition") -> "DryRun":
    """Return what applying a staged edition would do."""
    return _dry_run(
        edition.file_digest,
        edition.mapping,
        edition.as_of,
        casualty_list=edition.casualty_list,
        stated_total=edition.stated_total,
    )


def _dry_run(
    digest: str,
    mapping: "Mapping[str, JsonValue]",
    as_of: date,
    *,
    casualty_list: "CasualtyList | None",
    default_status: str = "",
    stated_total: int | None = None,
) -> "DryRun":
    asked = [digest, mapping, as_of.isoformat(), _standing(casualty_list), default_status, stated_total]
    key = f"dry-run:{sha256_hex(canonical_json(asked))}"
    result: DryRun | None = cache.get(key)
    if result is None:
        result = queries.dry_run(
            original_path(digest),
            mapping=mapping,
            as_of=as_of,
            casualty_list=casualty_list,
            default_status=default_status,
            stated_total=stated_total,
        )
        cache.set(key, result, KEPT_SECONDS)
    return result


def _standing(casualty_list: "CasualtyList | None") -> "list[JsonValue]":
    """Return the states of a list's editions: when one changes, a dry run compares with something else."""
    if casualty_list is None:
        return []
    editions = queries.list_editions(casualty_list).values_list("pk", "state")
    return [casualty_list.pk, [list(edition) for edition in editions]]
