"""Real files for the tests: small, whole, and as wicked as a test asks."""

import io
import zipfile
import zlib

OOXML, ODF = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
TYPES = {
    "docx": f"{OOXML}wordprocessingml.document",
    "xlsx": f"{OOXML}spreadsheetml.sheet",
    "odt": f"{ODF}text",
    "ods": f"{ODF}spreadsheet",
}
PNG = b"\x89PNG\r\n\x1a\n une image"
JPEG = b"\xff\xd8\xff\xe0 une photo"


def pdf(*objects: bytes, catalog=b"", content=b"BT ET", packed=b"", streams=1, filters=b"/FlateDecode") -> bytes:
    """A PDF of one page. `objects` are numbered from 5; or `packed` is the object 5, in the first of object streams."""
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        *objects,
    ]
    if packed:
        return with_packed_object(bodies, packed, streams, filters)
    file, offsets = numbered(bodies)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, len(file))
    return file + b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1) + table + trailer


def numbered(bodies) -> tuple[bytes, list[int]]:
    """The beginning of a PDF made of these objects, and where each one starts."""
    file, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    return file, offsets


def with_packed_object(bodies, packed: bytes, streams: int, filters: bytes) -> bytes:
    """A PDF whose object 5 is in the object stream 6; streams with the same content follow, then the table of all."""
    numbers = [5, *range(7 + streams, 6 + 2 * streams)]
    objects = [*bodies, b"null", *(object_stream(number, packed, filters) for number in numbers)]
    file, offsets = numbered(objects)
    rows = [(0, 0), *((1, offset) for offset in [*offsets, len(file)])]
    rows[5] = (2, 6)
    rows += [(2, number) for number in range(7, 6 + streams)]  # what is in each of the other streams
    table = b"".join(kind.to_bytes(1, "big") + place.to_bytes(4, "big") + b"\0" for kind, place in rows)
    entries = b"<< /Type /XRef /Size %d /W [1 4 1] /Root 1 0 R /Length %d >>\nstream\n%s\nendstream"
    entries %= (len(rows), len(table), table)
    return file + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, entries, len(file))


def object_stream(number: int, packed: bytes, filters: bytes) -> bytes:
    """The compressed object that holds only the object `number`."""
    head = b"%d 0 " % number
    data = head + packed
    data = data.hex().encode() + b">" if filters == b"/ASCIIHexDecode" else zlib.compress(data)
    stream = b"<< /Type /ObjStm /N 1 /First %d /Filter %s /Length %d >>\nstream\n%s\nendstream"
    return stream % (len(head), filters, len(data), data)


def archive(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as target:
        for name, content in entries.items():
            target.writestr(name, content)
    return file.getvalue()


def office(extension: str, more: dict[str, bytes] | None = None, main: str = "") -> bytes:
    """A DOCX, XLSX, ODT or ODS, with more entries; `main` replaces the type it says it has."""
    content_type = TYPES[extension]
    if extension in ("odt", "ods"):
        parts = {"mimetype": (main or content_type).encode(), "META-INF/manifest.xml": b"<manifest/>"}
        return archive(parts | {"content.xml": b"<content/>"} | (more or {}))
    part = f'<Override PartName="/main.xml" ContentType="{main or content_type + ".main+xml"}"/>'
    types = f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{part}</Types>'
    return archive({"[Content_Types].xml": types.encode(), "main.xml": b"<document/>"} | (more or {}))
