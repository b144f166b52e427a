"""The demonstration's first page."""

import pytest
from django.test import Client

from kuager.interfaces.shell.example_accounts import PASSWORD


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_tour_tells_where_to_click(db: None, client: Client, settings: object, language: str) -> None:
    setattr(settings, "IS_DEMO", True)  # noqa: B010  # the fixture has no type of its own
    page = client.get(f"/{language}/tour/").content.decode()
    assert PASSWORD in page
    assert page.count(f"/{language}/desk/") >= 7


def test_outside_the_demonstration_there_is_no_tour(db: None, client: Client) -> None:
    assert client.get("/en/tour/").status_code == 404
