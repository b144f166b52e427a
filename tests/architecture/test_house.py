"""The house says the same about itself everywhere."""

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "kuager"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = PROJECT["tool"]["importlinter"]["contracts"]


def folders(place: str) -> set[str]:
    return {path.name for path in (SOURCE / place).iterdir() if (path / "__init__.py").exists()}


def layers(beginning: str) -> list[str]:
    contract = next(c for c in CONTRACTS if c["name"].startswith(beginning))
    return [name.strip() for layer in contract["layers"] for name in layer.split("|")]


def test_rooms_agree_everywhere() -> None:
    rooms = layers("Rooms")
    assert set(rooms) == folders("domain") == set(settings.ROOMS)
    drawing = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split("```")[1]
    assert [word for word in re.findall(r"\w+", drawing) if word in rooms] == rooms


def test_engines_and_audiences_stand_in_the_drawing() -> None:
    drawing = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split("```")[1]
    for name in folders("engines") | folders("interfaces"):
        assert re.search(rf"\b{name}\b", drawing), f"{name} is missing in ARCHITECTURE.md"


def test_public_site_is_forbidden_every_other_room() -> None:
    contract = next(c for c in CONTRACTS if c["name"].startswith("The public site"))
    forbidden = {name.removeprefix("kuager.domain.") for name in contract["forbidden_modules"]}
    assert folders("domain") - {"publication"} <= forbidden


def test_every_dependency_has_its_reason() -> None:
    project = PROJECT["project"]
    lines = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
    ]
    declared = {re.split(r"[\[<>=]", line)[0] for line in lines}
    table = (ROOT / "docs" / "adr" / "dependencies.md").read_text(encoding="utf-8")
    assert declared == set(re.findall(r"^\| ([a-z][\w-]*) \|", table, re.M)) - {"package"}


def test_the_lock_names_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert "--hash=sha256:" in lock


def test_every_setting_is_documented() -> None:
    used = set()
    for path in SOURCE.rglob("*.py"):
        used |= set(re.findall(r"\bKUAGER_[A-Z_]+[A-Z]\b", path.read_text(encoding="utf-8")))
    documented = set(
        re.findall(r"`(KUAGER_[A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"))
    )
    assert used <= documented


@pytest.mark.parametrize("pattern", ["utils", "helpers", "common", "misc", "managers", "services", "signals"])
def test_no_file_is_named_after_nothing(pattern: str) -> None:
    assert not list(SOURCE.rglob(f"{pattern}.py"))


def test_templates_have_nothing_inline() -> None:
    """The content security policy would block it; here it is found before a browser does."""
    for path in SOURCE.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=", text), path.name
        assert "|safe" not in text, path.name


def every_address() -> list[str]:
    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> list[str]:
        found = []
        for entry in patterns:
            if isinstance(entry, URLResolver):
                found += walk(entry.url_patterns, prefix + str(entry.pattern))
            else:
                found.append(prefix + str(entry.pattern))
        return found

    return walk(get_resolver().url_patterns, "")


def test_no_address_carries_free_text() -> None:
    """Names must not stand in addresses: only numbers, codes, keys and slugs may."""
    for address in every_address():
        for converter, name in re.findall(r"<(?:(\w+):)?(\w+)>", address):
            is_file = address.endswith("downloads/<str:name>")  # one of a few names the view knows
            assert converter in {"int", "slug"} or name in {"code", "key", "digest"} or is_file, address


def test_every_promise_names_a_test_that_exists() -> None:
    promises = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    for place, _, name in re.findall(r"`(tests/[\w/]+\.py)(::(\w+))?`", promises):
        assert (ROOT / place).exists(), place
        assert not name or f"def {name}(" in (ROOT / place).read_text(encoding="utf-8"), name
