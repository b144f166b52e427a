"""The evidence of the example: footage drawn by this program, kept, found again, verified and redacted.

One square, filmed by nobody. A witness's video; the same footage with a channel's logo; a piece of it,
mirrored; other footage of the same place; a photograph; a letter.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kuager.core.errors import RefusedError
from kuager.domain.evidence import operations as evidence
from kuager.domain.evidence import queries
from kuager.domain.evidence.terms import AcquisitionMethod, Aspect, Certainty, RelationKind
from kuager.domain.sources import operations as sources
from kuager.domain.sources.terms import PublisherKind, SourceKind
from kuager.engines.documents import Document, Heading, Paragraph, print_document
from kuager.engines.media.redacting import Area, Box, Kind, Making, Recipe
from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.keys import PUBLIC, PublicKeys
from kuager.engines.vault.vault import Vault, create
from kuager.interfaces.cli.example import footage

if TYPE_CHECKING:
    from kuager.core.digest import JsonValue
    from kuager.domain.accounts.models import User
    from kuager.domain.evidence.models import DigitalItem
    from kuager.domain.sources.models import Source

LOG = "example.invalid/invented"
PLACE = 2021
CHANNEL = "https://steppe-tv.example/2021/11/05/square"
POST = "https://posts.example/invented/88213"
TRANSCRIPT = """[00:00:00] Голос за кадром: снимаю с балкона, пятое ноября, три часа дня.
[00:00:02] (толпа, сигнал машины)
[00:00:05] Голос за кадром: вон дым, у памятника.
"""
TRANSLATION = """[00:00:00] Voice behind the camera: from the balcony, the fifth of November, three o'clock.
[00:00:02] (a crowd, a car's horn)
[00:00:05] Voice behind the camera: there is smoke, at the monument.
"""


def make_vault(folder: Path, passphrase: str) -> Vault:
    """Make the example's vault; one that an interrupted start of the example left is made anew.

    Raises
    ------
    RefusedError
        When a vault lies there that is not the example's.
    """
    if (folder / PUBLIC).exists():
        if PublicKeys.read(OsFiles(folder)).log.name != LOG:
            raise RefusedError(f"{folder} holds a vault that is not the example's; name another data folder")
        _forget(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    vault, _ = create(OsFiles(folder), name=LOG, passphrase=passphrase)
    return vault


def _forget(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink()


@dataclass
class Evidence:
    """Who keeps what in which vault."""

    vault: Vault
    users: Mapping[str, "User"]
    say: Callable[[str], None]
    items: dict[str, "DigitalItem"] = field(default_factory=dict)

    def first_days(self, *, at: datetime) -> None:
        """Keep what came in the first days, and write down where it was seen."""
        self.say("keeping evidence")
        square = footage.film_square(place=PLACE, moment=1, seconds=7)
        self._keep(
            "balcony",
            footage.as_video(square, height=480, quality=20),
            name="VID_20211105_150211.mp4",
            media_type="video/mp4",
            told={"came": "sent", "from_whom": "the one who filmed it", "recorded": "2021-11-05"},
            source=self._source("A witness (invented)", SourceKind.VIDEO, "Video from a balcony", "", at),
            at=at,
        )
        shown = footage.broadcast(footage.excerpt(square, 0.5, 6), "STEPPE TV")
        self._keep(
            "broadcast",
            footage.as_video(shown, height=270, quality=33),
            name="square.mp4",
            media_type="video/mp4",
            method=AcquisitionMethod.WEB_CAPTURE,
            told={"came": "found", "found_at": CHANNEL},
            source=self._source("Steppe TV (invented)", SourceKind.VIDEO, "The square today", CHANNEL, at),
            at=at + timedelta(minutes=20),
        )
        piece = footage.mirrored(footage.excerpt(square, 2, 5))
        self._keep(
            "post",
            footage.as_video(piece, quality=30),
            name="88213.mp4",
            media_type="video/mp4",
            method=AcquisitionMethod.WEB_CAPTURE,
            told={"came": "found", "found_at": POST},
            at=at + timedelta(minutes=40),
        )
        self._see_where_it_was(at + timedelta(minutes=50))

    def _see_where_it_was(self, at: datetime) -> None:
        asel = self.users["asel"]
        first = evidence.add_appearance(
            item=self.items["balcony"],
            platform="a messenger's channel",
            account="courtyard news (invented)",
            seen_at=at - timedelta(days=4, hours=6, minutes=40),
            claimed_on="2021-11-05",
            by=asel,
            at=at,
        )
        evidence.add_appearance(
            item=self.items["broadcast"],
            url=CHANNEL,
            platform="Steppe TV",
            seen_at=at - timedelta(days=4, hours=4),
            claimed_on="2021-11-05",
            taken_from=first,
            by=asel,
            at=at,
        )
        evidence.add_appearance(
            item=self.items["post"],
            url=POST,
            platform="posts.example",
            account="@invented",
            seen_at=at - timedelta(days=2),
            claimed_on="2021-11-07",
            taken_from=first,
            by=asel,
            at=at,
        )

    def look_closely(self, *, at: datetime) -> None:
        """Mark what is seen, write down what is heard, and find out where and when it was."""
        self.say("verifying a video")
        balcony, dana, asel = self.items["balcony"], self.users["dana"], self.users["asel"]
        evidence.note_view(vault=self.vault, item=balcony, what="frames", by=dana, at=at)
        mark = evidence.add_mark(
            vault=self.vault,
            item=balcony,
            time_ms=2500,
            box=(600, 80, 220, 380),
            note="Smoke rises behind the monument; nobody near it.",
            by=dana,
            at=at + timedelta(minutes=4),
        )
        told = self._source("A witness (invented)", SourceKind.VIDEO, "What the balcony saw", "", at)
        evidence.cite_mark(vault=self.vault, mark=mark, source=told, by=dana, at=at + timedelta(minutes=5))
        for language, text in (("ru", TRANSCRIPT), ("en", TRANSLATION)):
            evidence.add_transcript(
                vault=self.vault,
                item=balcony,
                language=language,
                text=text,
                is_translation=language != "ru",
                by=dana,
                at=at + timedelta(minutes=9),
            )
        place = evidence.propose_verification(
            vault=self.vault,
            item=balcony,
            aspect=Aspect.PLACE,
            question="Does it show the square before the invented town hall?",
            method="Houses, the monument and the order of the windows compared with the town's own picture; "
            "line of sight drawn on the map of the invented town.",
            finding="The camera stands on a fourth floor, north of the square, and looks south.",
            certainty=Certainty.PROBABLE,
            by=dana,
            at=at + timedelta(minutes=30),
        )
        evidence.second_verification(
            vault=self.vault, verification=place, by=asel, at=at + timedelta(hours=2)
        )
        evidence.propose_verification(
            vault=self.vault,
            item=balcony,
            aspect=Aspect.DATE,
            question="Was it filmed on 5 November, about three in the afternoon?",
            method="The voice names day and hour; length of shadows not measured, the sky is covered.",
            finding="Nothing contradicts it. Seen in a channel at 16:10 on the same day.",
            certainty=Certainty.POSSIBLE,
            by=dana,
            at=at + timedelta(hours=2, minutes=10),
        )

    def find_copies(self, *, at: datetime) -> None:
        """Let the machine read the videos and suggest; a person looks at both, and confirms what is true."""
        self.say("looking for copies of a video")
        dana, vault, finder = self.users["dana"], self.vault, evidence.CopyFinder()
        for word in ("balcony", "broadcast", "post"):
            read = evidence.read_item(vault=vault, item=self.items[word], by=dana, clock=lambda: at)
            finder.suggest(vault=vault, item=read, by=dana, at=at)
        for word in ("broadcast", "post"):
            for relation in queries.relations(self.items[word], user=dana):
                if self.items["balcony"] in (relation.first, relation.second):
                    evidence.decide_relation(
                        relation=relation,
                        is_confirmed=True,
                        kind=RelationKind.EXCERPT,
                        by=dana,
                        at=at + timedelta(minutes=10),
                    )

    def later_days(self, *, at: datetime) -> None:
        """Keep what came later: other footage of the same place, a photograph, a letter."""
        other = footage.film_square(place=PLACE, moment=9, seconds=5)
        self._keep(
            "other",
            footage.as_video(other, quality=26),
            name="IMG_3310.mp4",
            media_type="video/mp4",
            told={"came": "sent", "from_whom": "a neighbour", "note": "The same square, a week later."},
            at=at,
        )
        self._keep(
            "photograph",
            footage.as_photograph(other.pictures[0], taken="2021:11:12 14:03:20"),
            name="IMG_3311.jpg",
            media_type="image/jpeg",
            told={"came": "sent", "from_whom": "a neighbour", "recorded": "2021-11-12"},
            at=at + timedelta(minutes=5),
        )
        self._keep(
            "letter",
            _letter(),
            name="answer-of-the-prosecutor.pdf",
            media_type="application/pdf",
            told={"came": "handed_over", "from_whom": "a lawyer (invented)"},
            is_restricted=True,
            at=at + timedelta(minutes=9),
        )
        evidence.grant_reading(
            item=self.items["letter"],
            user=self.users["erlan"],
            reason="The family's lawyer.",
            by=self.users["dana"],
            at=at + timedelta(minutes=12),
        )

    def redact(self, *, at: datetime) -> None:
        """Cover faces in the photograph; a second person releases the copy for publication."""
        self.say("making a redacted copy")
        dana, vault = self.users["dana"], self.vault
        recipe = Recipe(
            make=Making.REDACTED,
            of=Kind.IMAGE,
            areas=[Area.still(Box(0, 620, 330, 380)), Area.still(Box(560, 640, 440, 360))],
        )
        photograph = self.items["photograph"]
        order = evidence.draw_copy(vault=vault, item=photograph, recipe=recipe, by=dana, at=at)
        why = "Faces near the camera."
        order = evidence.order_copy(vault=vault, order=order, reason=why, by=dana, at=at)
        order = evidence.make_ordered(vault=vault, order=order, clock=lambda: at + timedelta(minutes=1))
        if order.result is None:
            raise RefusedError("the redacted copy of the example was not made")
        copy = evidence.propose_release(
            item=order.result, reason="For the page.", by=dana, at=at + timedelta(minutes=5)
        )
        evidence.release_item(vault=vault, item=copy, by=self.users["farida"], at=at + timedelta(hours=1))

    def look_at_every_byte(self, *, at: datetime) -> None:
        """Check everything that is kept once."""
        run = evidence.begin_fixity(by=self.users["dana"], at=at)
        evidence.step_fixity(vault=self.vault, run=run, at=at + timedelta(minutes=1), budget_bytes=1 << 30)

    def _keep(  # noqa: PLR0913  # keyword-only, one for each thing told
        self,
        word: str,
        content: bytes,
        *,
        name: str,
        media_type: str,
        told: Mapping[str, "JsonValue"],
        at: datetime,
        method: AcquisitionMethod = AcquisitionMethod.UPLOAD,
        source: "Source | None" = None,
        is_restricted: bool = False,
    ) -> None:
        self.items[word] = evidence.keep_item(
            vault=self.vault,
            pieces=_pieces(content),
            name=name,
            media_type=media_type,
            method=method,
            told=told,
            source=source,
            is_restricted=is_restricted,
            by=self.users["dana"],
            at=at,
        )

    def _source(self, publisher: str, kind: SourceKind, title: str, url: str, at: datetime) -> "Source":
        dana = self.users["dana"]
        who = sources.get_or_create_publisher(name=publisher, kind=PublisherKind.OTHER, by=dana, at=at)
        return sources.add_source(
            publisher=who, kind=kind, title=title, url=url, told_on=at.date(), by=dana, at=at
        )


def _pieces(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), 1 << 16):
        yield content[start : start + (1 << 16)]


def _letter() -> bytes:
    """Print a letter in which everybody is invented."""
    return print_document(
        Document(
            title="Ответ на жалобу № 17 (вымышлено)",
            language="ru",
            day=date(2021, 11, 11),
            pieces=[
                Heading("Ответ"),
                Paragraph("Заявитель: Жақсыбекова Гүлжан, телефон +7 000 000 00 00."),
                Paragraph("В возбуждении дела отказано за отсутствием состава. Следователь: Тестов Т. Т."),
            ],
        )
    ).pdf
