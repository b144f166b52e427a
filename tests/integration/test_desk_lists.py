"""The pages of lists: an upload becomes an edition step by step, and nothing happens unasked."""

import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kuager.domain.accounts.models import User
from kuager.domain.lists.models import CasualtyList, ListEdition, ListRow
from kuager.domain.lists.terms import EditionState
from kuager.domain.places.operations import load_places
from kuager.domain.register.models import Entry, StatusAssertion

FIRST = (
    "Имя,Возраст,Дата,Город,Статус\n"
    "Сериков Асан,31,06.01.2022,Алматы,погиб\n"
    "Ахметова Дина,24,05.01.2022,Тараз,ранена\n"
    ",40,05.01.2022,Алматы,погиб\n"
)
SECOND = (
    "Имя,Возраст,Дата,Город,Статус\n"
    "Сериков Асан,32,06.01.2022,Алматы,погиб\n"
    "Оспанов Ермек,19,07.01.2022,Шымкент,погиб\n"
)


@pytest.fixture(autouse=True)
def data_folder(settings: object, tmp_path: Path) -> Path:
    """Keep uploads in a folder of the test."""
    settings.DATA = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings take any name
    settings.LANGUAGE_CODE = "en"  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture
def desk(asel: User, client: Client) -> Client:
    """The desk of a documenter."""
    load_places(by=asel, at=datetime(2022, 1, 1, tzinfo=UTC))
    client.force_login(asel)
    return client


def url(name: str, *args: object) -> str:
    return reverse(name, args=args)


def upload(client: Client, text: str = FIRST, **changes: Any) -> Any:
    answers: dict[str, Any] = {
        "file": SimpleUploadedFile("list.csv", text.encode(), content_type="text/csv"),
        "title": "Deaths in January",
        "publisher_name": "Invented Legal Aid",
        "publisher_kind": "ngo",
        "as_of": "2022-01-10",
        "stated_total": "3",
    }
    return client.post(url("desk-import"), answers | changes)


def digest_of(response: Any) -> str:
    return str(response["Location"]).split("/import/")[1].split("/")[0]


def stage(client: Client, text: str = FIRST, **changes: Any) -> ListEdition:
    """Take an upload through all steps up to the staged edition."""
    digest = digest_of(upload(client, text, **changes))
    page = client.get(url("desk-import-columns", digest))
    proposed = {f"column-{column['letters']}": column["field"] for column in page.context["columns"]}
    preview = page.context["preview"]
    client.post(
        url("desk-import-columns", digest),
        proposed | {"sheet": preview.sheet, "header_row": preview.header_row},
    )
    client.post(url("desk-import-stage", digest))
    return ListEdition.objects.latest("id")


def test_an_upload_is_kept_under_its_digest_for_the_server_only(desk: Client, data_folder: Path) -> None:
    response = upload(desk)
    kept = data_folder / "originals" / digest_of(response)
    assert kept.read_bytes() == FIRST.encode()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]


def test_a_file_that_is_too_large_leaves_nothing_behind(
    desk: Client, data_folder: Path, settings: object
) -> None:
    settings.IMPORT_MAX_BYTES = 50  # type: ignore[attr-defined]
    response = upload(desk)
    assert response.status_code == 422
    assert "larger than" in response.content.decode()
    assert not list((data_folder / "originals").iterdir())


def test_a_wrong_field_does_not_cost_a_second_upload(desk: Client) -> None:
    response = upload(desk, as_of="")
    assert response.status_code == 422
    stored = response.context["form"]["stored"].value()
    again = desk.post(
        url("desk-import"),
        {"stored": stored, "title": "Deaths", "publisher_name": "Invented Legal Aid", "as_of": "2022-01-10"},
    )
    assert digest_of(again) == stored


def test_nobody_reads_another_persons_upload_by_its_digest(desk: Client, gulnar: User) -> None:
    digest = digest_of(upload(desk))
    other = Client()
    other.force_login(gulnar)
    assert other.get(url("desk-import-columns", digest)).status_code == 404
    form = {"stored": digest, "title": "Deaths", "publisher_name": "Invented", "as_of": "2022-01-10"}
    assert other.post(url("desk-import"), form).status_code == 422


def test_who_has_no_right_to_import_leaves_no_file(bolat: User, client: Client, data_folder: Path) -> None:
    client.force_login(bolat)
    assert upload(client).status_code == 403
    assert not (data_folder / "originals").exists()


def test_a_forged_upload_is_refused(asel: User, data_folder: Path) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(asel)
    assert upload(client).status_code == 403


def test_columns_are_proposed_with_a_reason(desk: Client) -> None:
    page = desk.get(url("desk-import-columns", digest_of(upload(desk))))
    fields = {column["title"]: column["field"] for column in page.context["columns"]}
    assert fields["Возраст"] == "age"
    assert fields["Статус"] == "status"
    assert all(column["reason"] for column in page.context["columns"])


def test_a_choice_without_a_name_is_sent_back(desk: Client) -> None:
    digest = digest_of(upload(desk))
    response = desk.post(url("desk-import-columns", digest), {"column-B": "age"})
    assert response.status_code == 422
    assert "No column holds the name" in response.content.decode()


def test_a_file_that_is_no_spreadsheet_is_explained(desk: Client) -> None:
    response = upload(desk, file=SimpleUploadedFile("list.xlsx", b"PK\x03\x04 cut off"))
    page = desk.get(response["Location"])
    assert page.status_code == 422
    assert "expected" in page.content.decode()


def test_the_check_stores_nothing_and_names_row_and_column(desk: Client) -> None:
    digest = digest_of(upload(desk))
    page = desk.get(url("desk-import-columns", digest))
    proposed = {f"column-{column['letters']}": column["field"] for column in page.context["columns"]}
    desk.post(url("desk-import-columns", digest), proposed)
    check = desk.get(url("desk-import-check", digest))
    assert check.status_code == 200
    assert [problem.row for problem in check.context["page"] if problem.severity == "error"] == [4]
    assert not ListRow.objects.exists()
    assert not CasualtyList.objects.exists()


def test_staging_freezes_rows_and_leaves_the_register_alone(desk: Client) -> None:
    edition = stage(desk)
    assert edition.state == EditionState.STAGED
    assert edition.casualty_list.publisher.name == "Invented Legal Aid"
    assert not Entry.objects.exists()
    rows = desk.get(url("desk-edition-rows", edition.pk))
    assert "Сериков Асан" in rows.content.decode()


def test_staging_can_be_interrupted_and_goes_on(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kuager.interfaces.desk.lists.importing.STAGE_AT_ONCE", 1)
    edition = stage(desk)
    assert edition.state == EditionState.STAGING
    page = desk.get(url("desk-edition-stage", edition.pk))
    assert "Go on" in page.content.decode()
    for _ in range(5):
        response = desk.post(url("desk-edition-stage", edition.pk), headers={"HX-Request": "true"})
        if "HX-Redirect" in response:
            break
    assert response["HX-Redirect"] == url("desk-edition", edition.pk)
    edition.refresh_from_db()
    assert edition.state == EditionState.STAGED
    assert ListRow.objects.filter(edition=edition).count() == 3


def test_applying_asks_again_first(desk: Client) -> None:
    edition = stage(desk)
    page = desk.get(url("desk-edition-act", edition.pk, "apply"))
    assert "2 persons are added" in page.content.decode()
    assert not Entry.objects.exists()
    desk.post(url("desk-edition-act", edition.pk, "apply"))
    assert Entry.objects.count() == 2


def test_a_second_person_approves_the_dead(desk: Client, gulnar: User) -> None:
    edition = stage(desk)
    desk.post(url("desk-edition-act", edition.pk, "apply"))
    own = desk.get(url("desk-edition", edition.pk)).content.decode()
    assert "somebody else must approve" in own
    assert url("desk-edition-act", edition.pk, "approve") not in own
    assert desk.post(url("desk-edition-act", edition.pk, "approve")).status_code == 403
    second = Client()
    second.force_login(gulnar)
    assert (
        url("desk-edition-act", edition.pk, "approve")
        in second.get(url("desk-edition", edition.pk)).content.decode()
    )
    second.post(url("desk-edition-act", edition.pk, "approve"))
    assert not StatusAssertion.objects.filter(needs_approval=True, approved_at=None).exists()
    assert "waits for a second person" not in desk.get(url("desk-lists")).content.decode()


def test_undoing_asks_for_a_reason(desk: Client) -> None:
    edition = stage(desk)
    desk.post(url("desk-edition-act", edition.pk, "apply"))
    assert desk.post(url("desk-edition-act", edition.pk, "undo")).status_code == 422
    desk.post(url("desk-edition-act", edition.pk, "undo"), {"reason": "wrong file was sent"})
    edition.refresh_from_db()
    assert edition.state == EditionState.UNDONE
    assert not Entry.objects.exists()


def test_a_newer_edition_shows_added_changed_and_removed(desk: Client) -> None:
    first = stage(desk)
    desk.post(url("desk-edition-act", first.pk, "apply"))
    known: dict[str, Any] = {
        "casualty_list": first.casualty_list_id,
        "as_of": "2022-01-20",
        "title": "",
        "stated_total": "",
    }
    second = stage(desk, SECOND, **known)
    desk.post(url("desk-edition-act", second.pk, "apply"))
    page = desk.get(url("desk-edition", second.pk))
    figures = {word: number for number, word in page.context["figures"]}
    assert (figures["added"], figures["changed"], figures["removed"]) == (1, 1, 1)
    listed = desk.get(url("desk-list", first.casualty_list_id)).content.decode()
    assert "2022-01-10" in listed
    assert "2022-01-20" in listed


def test_the_same_bytes_are_not_an_edition_twice(desk: Client) -> None:
    edition = stage(desk)
    known: dict[str, Any] = {"casualty_list": edition.casualty_list_id, "title": ""}
    digest = digest_of(upload(desk, **known))
    page = desk.get(url("desk-import-columns", digest))
    assert "imported already" in page.content.decode()


def test_a_discarded_edition_may_come_again(desk: Client) -> None:
    edition = stage(desk)
    desk.post(url("desk-edition-act", edition.pk, "discard"), {"reason": "a test of the file"})
    again = stage(desk, casualty_list=edition.casualty_list_id)
    assert again.pk != edition.pk
    assert again.state == EditionState.STAGED


def test_everybody_on_one_list_and_not_on_another(desk: Client) -> None:
    first = stage(desk)
    second = stage(desk, SECOND, title="Another list")
    for edition in (first, second):
        desk.post(url("desk-edition-act", edition.pk, "apply"))
    asked = {"on": second.casualty_list_id, "missing_from": first.casualty_list_id}
    page = desk.get(url("desk-only-on"), asked)
    assert "Оспанов Ермек" in page.content.decode()
    same = desk.get(url("desk-only-on"), asked | {"missing_from": second.casualty_list_id})
    assert "two different lists" in same.content.decode()


def test_no_name_stands_in_any_address(desk: Client) -> None:
    response = upload(desk)
    assert digest_of(response).isalnum()
    assert "list.csv" not in response["Location"]


def test_the_lists_ask_the_database_as_often_for_many_as_for_one(
    desk: Client, django_assert_max_num_queries: Any
) -> None:
    for title in ("One", "Two", "Three"):
        edition = stage(desk, title=title)
        desk.post(url("desk-edition-act", edition.pk, "apply"))
    with django_assert_max_num_queries(12):
        desk.get(url("desk-lists"))
    with django_assert_max_num_queries(12):
        desk.get(url("desk-list", edition.casualty_list_id))
    with django_assert_max_num_queries(12):
        desk.get(url("desk-edition-rows", edition.pk))


def test_a_second_tap_on_apply_changes_nothing_and_scares_nobody(desk: Client) -> None:
    edition = stage(desk)
    desk.post(url("desk-edition-act", edition.pk, "apply"))
    again = desk.post(url("desk-edition-act", edition.pk, "apply"), follow=True)
    assert again.status_code == 200
    assert "moved on" in again.content.decode()
    assert Entry.objects.count() == 2
