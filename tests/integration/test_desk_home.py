"""The desk's frame, its first page and the audit record: who sees what."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from kuager.domain.accounts.models import User
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.terms import Role
from kuager.domain.audit.models import AuditEvent
from kuager.domain.audit.operations import record_event
from kuager.interfaces.desk.access import now
from tests.integration.desk_register import DeskRegister, signed_in


def an_hour_ago() -> datetime:
    return now() - timedelta(hours=1)


AT = datetime(2026, 1, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def auditor(db: None) -> User:
    return create_user(username="auditor", role=Role.AUDITOR)


def test_strangers_are_sent_to_the_sign_in(db: None) -> None:
    response = Client().get("/en/desk/audits/")
    assert response.status_code == 302
    assert "/sign-in/" in response["Location"]


def test_navigation_shows_only_what_the_role_may_open(auditor: User) -> None:
    page = signed_in(auditor).get("/en/desk/").content.decode()
    assert "/en/desk/audits/" in page
    assert "/en/desk/register/" not in page


def test_account_without_a_role_is_told_what_to_do(bolat: User) -> None:
    page = signed_in(bolat).get("/en/desk/").content.decode()
    assert "Ask an administrator to give you a role" in page


def test_documenter_may_not_read_the_audit_record(asel: User) -> None:
    assert signed_in(asel).get("/en/desk/audits/").status_code == 403


def test_auditor_filters_events_by_actor_and_act(auditor: User, asel: User, gulnar: User) -> None:
    record_event(action="register.approve", actor=asel, target="register.StatusAssertion:7", at=AT)
    record_event(action="people.judge", actor=gulnar, target="people.Judgement:9", at=AT)
    page = (
        signed_in(auditor).get("/en/desk/audits/", {"actor": "asel", "action": "register."}).content.decode()
    )
    assert "register.StatusAssertion:7" in page
    assert "people.Judgement:9" not in page


def test_event_list_asks_the_same_queries_for_any_number_of_events(
    auditor: User, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    client = signed_in(auditor)
    for number in range(60):
        record_event(action="register.approve", actor=auditor, target=f"register.Entry:{number}", at=AT)
    with django_assert_max_num_queries(5):  # type: ignore[operator]  # pytest-django's fixture is a callable
        page = client.get("/en/desk/audits/").content.decode()
    assert "Page 1 of 2" in page


def test_verifying_the_chain_counts_its_events(auditor: User) -> None:
    record_event(action="register.approve", actor=auditor, target="register.Entry:1", at=AT)
    page = signed_in(auditor).post("/en/desk/audits/verify/", follow=True).content.decode()
    assert "Chain verified: 1 events" in page


def test_a_changed_event_breaks_the_chain(auditor: User) -> None:
    record_event(action="register.approve", actor=auditor, target="register.Entry:1", at=AT)
    AuditEvent.objects.update(actor="somebody else")
    response = signed_in(auditor).post("/en/desk/audits/verify/")
    assert response.status_code == 500
    assert "broken at event 1" in response.content.decode()


def test_home_shows_figures_queues_and_recent_changes(asel: User, gulnar: User, places: None) -> None:
    desk = DeskRegister(by=asel)
    desk.call("Қайратова Айсұлу", "detained", at=an_hour_ago())
    desk.call("Ким Роман", "dead", at=an_hour_ago())
    page = signed_in(gulnar).get("/en/desk/").content.decode()
    assert '<span class="figure">2</span> people in the register' in page
    assert '<span class="figure">1</span> for you as the second person' in page
    assert "statement recorded" in page


def test_recorder_has_no_approval_waiting_for_themselves(asel: User, places: None) -> None:
    DeskRegister(by=asel).call("Ким Роман", "dead")
    assert "for you as the second person" not in signed_in(asel).get("/en/desk/").content.decode()


def test_home_asks_few_queries(
    asel: User, places: None, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    DeskRegister(by=asel).call("Ким Роман", "dead", at=an_hour_ago())
    client = signed_in(asel)
    client.get("/en/desk/")
    with django_assert_max_num_queries(30):  # type: ignore[operator]  # pytest-django's fixture is a callable
        client.get("/en/desk/")


def test_demonstration_begins_with_a_tour_in_at_most_nine_clicks(
    asel: User, places: None, settings: pytest.FixtureRequest
) -> None:
    settings.IS_DEMO = True  # type: ignore[attr-defined]  # pytest-django's settings take any name
    page = signed_in(asel).get("/en/desk/").content.decode()
    tour = page[page.index('<ol class="tour">') : page.index("</ol>", page.index('<ol class="tour">'))]
    assert 6 <= tour.count("<li>") <= 9
    assert "Three lists" in tour


def test_act_without_its_token_is_refused(asel: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(asel)
    assert client.post("/en/desk/calls/", {"text": "Kim"}).status_code == 403
