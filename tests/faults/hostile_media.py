"""Files made to break their readers: bombs, claims that cannot hold, several kinds in one, random damage."""

import gzip
import io
import random
import struct
import zipfile
import zlib

from tests import made_media


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_bomb(side: int = 30_000) -> bytes:
    """Black points, one bit each: about 110 kB that unpack to `side` x `side`."""
    row = bytes(1 + side // 8)
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(row * 1000) for _ in range(side // 1000)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def png_text_bomb() -> bytes:
    """A small picture whose packed comment unpacks to 200 MiB."""
    plain = made_media.picture("PNG")
    text = b"Comment\0\0" + zlib.compress(bytes(200 * 2**20), 9)
    return plain[:33] + chunk(b"zTXt", text) + plain[33:]


def vast_jpeg() -> bytes:
    """A JPEG that claims 65,500 by 65,500 points."""
    data = bytearray(made_media.jpeg())
    place = data.index(b"\xff\xc0")
    data[place + 5 : place + 9] = struct.pack(">HH", 65_500, 65_500)
    return bytes(data)


def vast_tiff() -> bytes:
    """A TIFF that claims a hundred thousand by a hundred thousand points in one strip of 64 bytes."""
    tags = [(256, 4, 100_000), (257, 4, 100_000), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 200),
            (277, 3, 1), (278, 4, 100_000), (279, 4, 64)]  # fmt: skip
    directory = struct.pack("<H", len(tags)) + b"".join(
        struct.pack("<HHII", *tag[:2], 1, tag[2]) for tag in tags
    )
    return (b"II*\0" + struct.pack("<I", 8) + directory + bytes(4)).ljust(200, b"\0") + bytes(64)


def circular_tiff() -> bytes:
    """A TIFF whose list of pages leads back to itself."""
    tags = [(256, 4, 4), (257, 4, 4), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 200), (277, 3, 1),
            (278, 4, 4), (279, 4, 16)]  # fmt: skip
    directory = struct.pack("<H", len(tags)) + b"".join(
        struct.pack("<HHII", *tag[:2], 1, tag[2]) for tag in tags
    )
    return (b"II*\0" + struct.pack("<I", 8) + directory + struct.pack("<I", 8)).ljust(200, b"\0") + bytes(16)


def vast_gif() -> bytes:
    """A GIF that claims 65,535 by 65,535 points."""
    data = bytearray(made_media.picture("GIF"))
    data[6:10] = struct.pack("<HH", 65_535, 65_535)
    place = data.index(b"\x2c", 13 + 3 * 256)
    data[place + 5 : place + 9] = struct.pack("<HH", 65_535, 65_535)
    return bytes(data)


def endless_video() -> bytes:
    """An MP4 that claims a thousand million frames."""
    data = bytearray(made_media.video(frames=12))
    for box, offset in ((b"stts", 12), (b"stsz", 12), (b"ctts", 12)):
        if box in data:
            place = data.index(box) + offset
            data[place : place + 4] = struct.pack(">I", 1_000_000_000)
    return bytes(data)


def many_boxes(depth: int = 20_000) -> bytes:
    """An MP4 of boxes in boxes."""
    head = made_media.video(frames=2)[:32]
    inner = b""
    sizes = [8 * (depth - level) for level in range(depth)]
    inner = b"".join(struct.pack(">I4s", size, b"moov") for size in sizes)
    return head + inner


def vast_pdf(pages: int = 100_000) -> bytes:
    """A PDF that names one page a hundred thousand times."""
    return pdf_of(b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, b"3 0 R " * pages), b"")


def circular_pdf() -> bytes:
    """A PDF whose tree of pages leads back to itself."""
    return pdf_of(b"<</Type/Pages/Count 1000000/Kids[2 0 R 2 0 R]>>", b"")


def pdf_bomb() -> bytes:
    """A page whose packed drawing unpacks to a gigabyte, packed twice."""
    packed = zlib.compress(zlib.compress(b"0 0 m 1 1 l S " * (64 * 2**20 // 14), 9) * 1, 9)
    return pdf_of(b"<</Type/Pages/Count 1/Kids[3 0 R]>>", packed, filters=b"[/FlateDecode/FlateDecode]")


def endless_page() -> bytes:
    """A page that claims to be a thousand kilometres wide."""
    return pdf_of(b"<</Type/Pages/Count 1/Kids[3 0 R]>>", b"", box=b"[0 0 2834645669 2834645669]")


def scripted_pdf() -> bytes:
    """A PDF that wants to run a script and to start a program when opened."""
    action = b"/OpenAction<</S/Launch/F(/bin/sh)/Next<</S/JavaScript/JS(while(1){})>>>>"
    return pdf_of(b"<</Type/Pages/Count 1/Kids[3 0 R]>>", b"", catalogue=action)


def pdf_of(
    pages: bytes,
    content: bytes,
    *,
    box: bytes = b"[0 0 200 200]",
    filters: bytes = b"/FlateDecode",
    catalogue: bytes = b"",
) -> bytes:
    packed = content or zlib.compress(b"")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
        pages,
        b"<</Type/Page/Parent 2 0 R/MediaBox%s/Contents 4 0 R>>" % box,
        b"<</Length %d/Filter%s>>stream\n%s\nendstream" % (len(packed), filters, packed),
    ]
    body, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj" % number + one + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + (
        b"xref\n0 5\n0000000000 65535 f \n%strailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (table, len(body))
    )


def nested_zip(depth: int = 5, width: int = 16) -> bytes:
    """Archives in archives in archives: unpacked blindly, 16 to the fifth times 10 MB."""
    data = _zipped([("zeros", bytes(10_000_000))])
    for _ in range(depth):
        data = _zipped([(f"{number}.zip", data) for number in range(width)])
    return data


def _zipped(named: list[tuple[str, bytes]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in named:
            archive.writestr(name, data)
    return target.getvalue()


def gzip_bomb(gibibytes: int = 10) -> bytes:
    """About a thousandth of what it unpacks to."""
    member = gzip.compress(bytes(16 * 2**20), 9)
    return member * (gibibytes * 64)


def polyglot() -> bytes:
    """A picture, a page with a script and an archive at once."""
    gif = made_media.picture("GIF")
    return gif[:13] + gif[13:] + b"<script>alert(1)</script>" + _zipped([("secret.txt", b"x")])


XML_BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&c;&d;</svg>"""
PLAY_LIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\nhttp://127.0.0.1:9/x\n"
CONCATENATION = b"ffconcat version 1.0\nfile /etc/passwd\n"


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Damage a file at random: flipped bits, wild numbers, pieces lost, doubled or moved, an early end."""
    harmed = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 4, 16, 64))):
        if not harmed:
            break
        place = dice.randrange(len(harmed))
        match dice.randrange(7):
            case 0:
                harmed[place] ^= 1 << dice.randrange(8)
            case 1:
                harmed[place] = dice.choice((0, 1, 0x7F, 0x80, 0xFF))
            case 2:
                wild = dice.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, dice.getrandbits(32)))
                harmed[place : place + 4] = struct.pack(dice.choice((">I", "<I")), wild)
            case 3:
                del harmed[place : place + dice.randrange(1, 64)]
            case 4:
                harmed[place:place] = harmed[place : place + dice.randrange(1, 256)]
            case 5:
                harmed[place:place] = dice.randbytes(dice.randrange(1, 16))
            case _:
                if dice.random() < 0.2:
                    del harmed[place:]
    return bytes(harmed)
