"""Marks, transcripts, citations, relations, appearances and exports: what is written down about evidence."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kuager.core.errors import BadInputError, IntegrityError, InvalidTransitionError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.audit.models import AuditEvent
from kuager.domain.audit.queries import verify_chain
from kuager.domain.evidence import operations, queries
from kuager.domain.evidence.models import CustodyEvent, DigitalItem, ItemRelation, Mark, Transcript
from kuager.domain.evidence.rules.kinds import kind_of
from kuager.domain.evidence.terms import MediaKind
from kuager.domain.sources.models import Source
from kuager.engines.vault.bundle import FolderSink
from kuager.engines.vault.vault import Vault
from tests.integration.evidence_story import AT, CLIP, keep, new_vault
from tests.integration.small_register import SmallRegister

if TYPE_CHECKING:
    from kuager.core.digest import JsonValue


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return new_vault(tmp_path)


@pytest.fixture
def item(vault: Vault, asel: User) -> DigitalItem:
    return keep(vault, asel, CLIP)


@pytest.fixture
def source(asel: User) -> Source:
    return SmallRegister(by=asel).source()


def marked(vault: Vault, item: DigitalItem, by: User, note: str = "a red car", **where: object) -> Mark:
    return operations.add_mark(vault=vault, item=item, note=note, by=by, at=AT, **where)  # type: ignore[arg-type]


def test_a_mark_stands_at_a_moment_with_a_box(vault: Vault, item: DigitalItem, asel: User) -> None:
    marked(vault, item, asel, time_ms=62_500, box=(10, 20, 300, 400))
    marked(vault, item, asel, note="of the whole")
    opened = queries.marks(vault, item)
    assert [one.note for one in opened] == ["of the whole", "a red car"]
    assert bytes(opened[1].row.note_sealed).startswith(b"age-encryption.org/v1")
    assert queries.opened_history(vault, item)[-2].detail["box"] == [10, 20, 300, 400]


@pytest.mark.parametrize(
    "where",
    [
        {"time_ms": -1},
        {"page": 0},
        {"time_ms": 1, "page": 1},
        {"box": (0, 0, 1001, 1)},
        {"box": (0, 0, 0, 1)},
        {"box": (1, 2, 3)},
    ],
)
def test_a_mark_nowhere_is_refused(
    vault: Vault, item: DigitalItem, asel: User, where: dict[str, Any]
) -> None:
    with pytest.raises(BadInputError):
        marked(vault, item, asel, **where)
    assert vault.journal.size == 1


def test_a_mark_is_cited_once_and_then_stays(
    vault: Vault, item: DigitalItem, asel: User, source: Source
) -> None:
    mark = marked(vault, item, asel, time_ms=62_500, box=(10, 20, 300, 400))
    citation = operations.cite_mark(vault=vault, mark=mark, source=source, by=asel, at=AT)
    assert citation.locator == "item 0, 00:01:02.500, box 10 20 300 400"
    assert citation.quotation == ""
    mark.refresh_from_db()
    with pytest.raises(InvalidTransitionError):
        operations.cite_mark(vault=vault, mark=mark, source=source, by=asel, at=AT)
    with pytest.raises(InvalidTransitionError, match="statement stands"):
        operations.drop_mark(mark=mark, reason="x", by=asel, at=AT)


def test_a_dropped_mark_is_not_shown_but_kept(vault: Vault, item: DigitalItem, asel: User) -> None:
    mark = marked(vault, item, asel)
    operations.drop_mark(mark=mark, reason="it was another car", by=asel, at=AT)
    assert queries.marks(vault, item) == []
    assert Mark.objects.count() == 1
    with pytest.raises(InvalidTransitionError):
        operations.drop_mark(mark=mark, reason="again", by=asel, at=AT)


def test_a_new_transcript_supersedes_the_one_before(vault: Vault, item: DigitalItem, asel: User) -> None:
    def write(text: str, language: str = "kk", *, is_translation: bool = False) -> None:
        operations.add_transcript(
            vault=vault,
            item=item,
            language=language,
            text=text,
            is_translation=is_translation,
            by=asel,
            at=AT,
        )

    write("бірінші")
    write("екінші")
    write("second", "en", is_translation=True)
    assert [one.text for one in queries.transcripts(vault, item)] == ["екінші", "second"]
    assert Transcript.objects.count() == 3
    told = str(list(CustodyEvent.objects.values())) + str(list(AuditEvent.objects.values()))
    assert "екінші" not in told
    for text, language in (("", "kk"), ("x", "klingon!"), ("x", "")):
        with pytest.raises(BadInputError):
            write(text, language)


def related(vault: Vault, by: User, score: float = 0.7) -> ItemRelation:
    return operations.suggest_relation(
        first=keep(vault, by),
        second=keep(vault, by),
        kind="same_footage",
        score=score,
        why={"frames": 12},
        by=by,
        at=AT,
    )


def again(relation: ItemRelation, score: float, by: User) -> ItemRelation:
    return operations.suggest_relation(
        first=relation.second, second=relation.first, kind="excerpt", score=score, why={}, by=by, at=AT
    )


def test_a_suggestion_is_one_a_pair_and_the_surest_stays(vault: Vault, asel: User) -> None:
    relation = related(vault, asel)
    assert again(relation, 0.5, asel).kind == "same_footage"
    better = again(relation, 0.9, asel)
    assert (better.pk, better.kind, better.score) == (relation.pk, "excerpt", 0.9)


def test_what_a_person_decided_no_machine_suggests_again(vault: Vault, asel: User, gulnar: User) -> None:
    relation = related(vault, asel)
    with pytest.raises(BadInputError, match="say why"):
        operations.decide_relation(relation=relation, is_confirmed=False, by=asel, at=AT)
    rejected = operations.decide_relation(
        relation=relation, is_confirmed=False, reason="another day", by=asel, at=AT
    )
    assert again(rejected, 0.99, asel).state == "rejected"
    assert not queries.list_suggestions(user=asel)
    confirmed = operations.decide_relation(
        relation=rejected, is_confirmed=True, kind="same_place", reason="seen again", by=gulnar, at=AT
    )
    assert (confirmed.state, confirmed.kind, confirmed.decided_by) == ("confirmed", "same_place", gulnar)
    assert len(queries.group_of(confirmed.first, user=asel).items) == 1  # the same place makes no copy


def test_appearances_are_told_the_earliest_first(vault: Vault, asel: User) -> None:
    relation = operations.decide_relation(relation=related(vault, asel), is_confirmed=True, by=asel, at=AT)
    later = operations.add_appearance(
        item=relation.first,
        url="https://example.org/2",
        seen_at=AT,
        claimed_on="2022-01-06~",
        by=asel,
        at=AT,
    )
    first = operations.add_appearance(
        item=relation.second, platform="a channel", seen_at=AT - timedelta(days=1), by=asel, at=AT
    )
    wrong = operations.add_appearance(
        item=relation.second, platform="x", seen_at=AT, taken_from=first, by=asel, at=AT
    )
    operations.withdraw_appearance(appearance=wrong, reason="another clip", by=asel, at=AT)
    assert list(queries.appearances_of_group(relation.first, user=asel)) == [first, later]
    with pytest.raises(InvalidTransitionError):
        operations.withdraw_appearance(appearance=wrong, reason="again", by=asel, at=AT)


@pytest.mark.parametrize(
    ("url", "platform", "claimed", "hours"),
    [
        ("", "", "", 0),
        ("javascript:alert(1)", "", "", 0),
        ("", "x", "06.01.2022", 0),
        ("", "x", "", 1),
    ],
)
def test_an_appearance_that_cannot_be_is_refused(
    item: DigitalItem, asel: User, url: str, platform: str, claimed: str, hours: int
) -> None:
    with pytest.raises(BadInputError):
        operations.add_appearance(
            item=item,
            url=url,
            platform=platform,
            claimed_on=claimed,
            seen_at=AT + timedelta(hours=hours),
            by=asel,
            at=AT,
        )


def test_an_export_is_on_record_even_when_it_breaks_off(
    vault: Vault, item: DigitalItem, erlan: User, tmp_path: Path
) -> None:
    operations.export_items(
        vault=vault, items=[item], sink=FolderSink(tmp_path / "sound"), reason="court", by=erlan, at=AT
    )
    assert (tmp_path / "sound" / "verify.py").exists()
    address = vault.item(item.number).address
    path = tmp_path / "vault" / "objects" / address[:2] / f"{address}.age"
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(IntegrityError):
        operations.export_items(
            vault=vault, items=[item], sink=FolderSink(tmp_path / "broken"), reason="court", by=erlan, at=AT
        )
    assert [event.act for event in queries.history(item)] == ["acquired", "exported", "exported"]
    assert not (tmp_path / "broken").exists()


def test_who_may_only_look_gives_nothing_out(
    vault: Vault, item: DigitalItem, asel: User, tmp_path: Path
) -> None:
    with pytest.raises(RefusedError):
        operations.begin_export(vault=vault, items=[item], reason="court", by=asel, at=AT)


def test_an_upload_in_parts_decides_nothing_by_what_its_sender_told(vault: Vault, asel: User) -> None:
    told: dict[str, JsonValue] = {
        "name": "clip.mp4",
        "media_type": "video/mp4",
        "restricted": True,
        "derivation": "redacted",
    }
    upload = vault.incoming.begin(told, size=len(CLIP), at=AT)
    vault.incoming.append(upload, 0, CLIP)
    vault.incoming.finish(upload, len(CLIP))
    item = operations.keep_upload(vault=vault, upload_id=upload, method="upload", told={}, by=asel, at=AT)
    assert (item.derivation, item.is_restricted, item.media_type) == ("original", False, "video/mp4")
    assert queries.names(vault, [item]) == {item.number: "clip.mp4"}
    assert queries.open_item(vault, item).read() == CLIP


def test_the_audit_record_stands_and_names_nobody_else(
    vault: Vault, item: DigitalItem, asel: User, gulnar: User
) -> None:
    marked(vault, item, asel, note="Айнұр is seen here")
    operations.restrict_item(item=item, reason="a child", by=asel, at=AT)
    operations.grant_reading(item=item, user=gulnar, reason="translates", by=asel, at=AT)
    assert verify_chain() == AuditEvent.objects.count()
    told = str(list(AuditEvent.objects.values("detail", "target")))
    assert "Айнұр" not in told
    assert "gulnar" not in told


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("video/mp4", MediaKind.VIDEO),
        ("image/jpeg", MediaKind.PICTURE),
        ("application/pdf", MediaKind.DOCUMENT),
        ("application/warc", MediaKind.CAPTURE),
        ("application/zip", MediaKind.OTHER),
        ("", MediaKind.OTHER),
    ],
)
def test_items_are_found_by_kind(vault: Vault, asel: User, media_type: str, kind: MediaKind) -> None:
    item = keep(vault, asel, media_type=media_type)
    assert kind_of(media_type) == kind
    for wanted in MediaKind:
        assert (item in queries.list_items(user=asel, kind=wanted)) == (wanted == kind)


def test_items_are_found_by_number_and_method(vault: Vault, asel: User) -> None:
    first, second = keep(vault, asel), keep(vault, asel)
    assert list(queries.list_items(user=asel)) == [second, first]
    assert list(queries.list_items(user=asel, text=f" #{first.number}")) == [first]
    assert not queries.list_items(user=asel, text="кадр")
    assert not queries.list_items(user=asel, method="tella")
    with pytest.raises(BadInputError):
        queries.list_items(user=asel, kind="hologram")


def questions(vault: Vault, user: User) -> dict[str, Callable[[], object]]:
    """Every list a page shows, read to the end."""
    item = DigitalItem.objects.order_by("number")[0]
    return {
        "items": lambda: [(one.acquired_by, one.derived_from) for one in queries.list_items(user=user)],
        "history": lambda: [one.by for one in queries.history(item)],
        "custody": lambda: [(one.by, one.item) for one in queries.list_custody(user=user)],
        "acquisitions": lambda: [(one.by, one.source) for one in queries.acquisitions(item)],
        "marks": lambda: [(one.row.by, one.row.citation) for one in queries.marks(vault, item)],
        "suggestions": lambda: [(r.first, r.second) for r in queries.list_suggestions(user=user)],
        "relations": lambda: [(r.first, r.second, r.decided_by) for r in queries.relations(item, user=user)],
        "appearances": lambda: [
            (one.item, one.taken_from, one.recorded_by)
            for one in queries.appearances_of_group(item, user=user)
        ],
        "fixity": lambda: [one.item for one in queries.fixity_summary(user=user).faults],
    }


def more(vault: Vault, by: User) -> None:
    first = DigitalItem.objects.order_by("number").first() or keep(vault, by, CLIP)
    keep(vault, by, CLIP)
    marked(vault, first, by)
    other = keep(vault, by)
    relation = operations.suggest_relation(
        first=first, second=other, kind="same_footage", score=0.9, why={}, by=by, at=AT
    )
    operations.decide_relation(relation=relation, is_confirmed=True, by=by, at=AT)
    related(vault, by)
    operations.add_appearance(item=other, platform="x", seen_at=AT, by=by, at=AT)


def test_no_list_asks_the_database_once_a_row(vault: Vault, asel: User) -> None:
    def counted() -> dict[str, int]:
        found = {}
        for name, ask in questions(vault, asel).items():
            with CaptureQueriesContext(connection) as caught:
                assert ask() or name == "fixity"
            found[name] = len(caught)
        return found

    more(vault, asel)
    few = counted()
    for _ in range(5):
        more(vault, asel)
    assert counted() == few
    assert max(few.values()) <= 6
