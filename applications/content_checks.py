"""What a file really holds: the signs of a program, of a trap, of damage. Bounded in time and memory, whatever comes.

Each check takes the whole content and the content type that its name promises. It raises Unacceptable with the end of
a sentence that begins with the name of the file, or OtherKind when the content is of another type.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from xml.etree import ElementTree

from pypdf import PdfReader, apply_configuration
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError
from pypdf.generic import IndirectObject, NameObject

CHUNK, MEGABYTE = 64 * 1024, 1024 * 1024  # bytes
MAX_OBJECTS = 200_000  # in a PDF
PDF_WORK = 200_000_000  # bytes to read at most, each call counted for 64 more: two or three seconds
MAX_PDF_UNFOLDED = 32 * MEGABYTE  # of objects stored compressed
MAX_PDF_DOUBTFUL = 4 * MEGABYTE  # the same, when each of them has to be understood
PDF_LIMITS = {  # of one stream, in bytes; the slow filters are never those of an object stream
    "zlib_maximum_output_length": 4 * MEGABYTE,
    "stream_decoding_work_maximum_length": 16 * MEGABYTE,
    "lzw_maximum_output_length": MEGABYTE,
    "run_length_maximum_output_length": MEGABYTE,
}
MAX_UNFOLDED = 150 * MEGABYTE  # all that one file may unfold to
MAX_ENTRIES = 5000  # in an office document, those of the documents inside it included
LARGE_ENTRY, MAX_RATIO = 10 * MEGABYTE, 150  # a large part that deflates better than this was made to
MAX_DESCRIPTION = MEGABYTE

SAVE_AGAIN = "Ouvrez-le, enregistrez-le à nouveau, puis joignez cette copie."
PRINT_IT = "Ouvrez-le, imprimez-le vers un nouveau PDF, puis joignez cette copie."
DAMAGED = f"est illisible : il est abîmé ou incomplet. {SAVE_AGAIN}"
LOCKED = "est protégé par un mot de passe. Enregistrez-en une copie sans mot de passe, puis joignez-la."
MACROS = (
    "contient des macros, c’est-à-dire un programme. "
    "Enregistrez-en une copie sans macro, ou au format PDF, puis joignez-la."
)
TRAP = (
    "se déploie en une quantité de données démesurée : il ne peut pas être ouvert sans risque. "
    "Enregistrez-le au format PDF, puis joignez cette copie."
)
PROGRAM = f"contient un programme : script, animation ou formulaire interactif. {PRINT_IT}"
LAUNCH = f"contient un lien qui lance un programme ou ouvre un fichier de votre ordinateur. {PRINT_IT}"
INCLUSION = (
    "contient un autre fichier. Retirez ce fichier et joignez-le à part, ou imprimez le tout vers un nouveau PDF."
)

SIGNS = {  # names that a PDF only uses for this → why it is refused
    "JavaScript": PROGRAM,
    "Rendition": PROGRAM,
    "RichMedia": PROGRAM,
    "XFA": PROGRAM,
    "Launch": LAUNCH,
    "EmbeddedFile": INCLUSION,
    "EmbeddedFiles": INCLUSION,
    "EF": INCLUSION,
}
# A name ends with a blank or a delimiter, and something of PDF follows: the same word in a sentence is passed over.
SIGN = re.compile(
    rb"/(EF(?=[\s\0]*(?:<<|%|\d+\s+\d+\s+R))|"
    rb"(?:JavaScript|Rendition|RichMedia|XFA|Launch|EmbeddedFiles?)(?=[\s\0/<>\[(%]|\Z)"
    rb"(?=[\s\0]*(?:[/<>\[(%\d]|endobj|true|false|null|\Z)))"
)
ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")  # /J#61vaScript is another way to write /JavaScript

# pypdf says that a broken file may cause other errors than its own; these are the ones that reading objects raises.
UNREADABLE_PDF = (
    PyPdfError,
    DependencyError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
# BadZipFile apart: an unknown method (NotImplementedError), a password (RuntimeError, caught before), cut data.
UNREADABLE_ZIP = (zipfile.BadZipFile, RuntimeError, EOFError, OverflowError, ValueError, struct.error, zlib.error)


class Unacceptable(Exception):
    """Why a file is refused and what to do: the end of a sentence that begins with its name."""


class OtherKind(Exception):
    """The content is not of the promised type."""


class MeteredStream:
    """A content to read in which only so much work can be done: what follows references in circles ends here."""

    def __init__(self, content: bytes, work: int):
        buffer = io.BytesIO(content)
        self.seek, self.tell, self._read, self._left = buffer.seek, buffer.tell, buffer.read, work

    def read(self, size: int = -1) -> bytes:
        data = self._read(size)
        self._left -= len(data) + 64
        if self._left < 0:
            raise LimitReachedError("Reading this file takes too much work.")
        return data


def check_pdf(content: bytes, content_type: str) -> None:
    """Refuse a PDF that is damaged, closed by a password, or that carries a program or another file."""
    if b"%%EOF" not in content[-4096:].rstrip(b"\0\t\n\r ")[-1024:]:
        raise Unacceptable(DAMAGED)
    if content.count(b" obj") > MAX_OBJECTS:
        raise Unacceptable(TRAP)
    with apply_configuration(**PDF_LIMITS):
        try:
            reader = opened(content)
            check_lock(reader)
            reader.root_object["/Pages"]["/Kids"][0]
            compressed = list(object_streams(reader))
            signs = [sign for part in (content, *compressed) for sign in signs_in(part)]
        except NotImplementedError as error:  # a lock that opens with a certificate
            raise Unacceptable(LOCKED) from error
        except UNREADABLE_PDF as error:
            raise Unacceptable(DAMAGED) from error
        if signs and (sum(map(len, compressed)) > MAX_PDF_DOUBTFUL or not are_words(content)):
            raise Unacceptable(SIGNS[signs[0]])


def opened(content: bytes, strict: bool = False) -> PdfReader:
    stream = MeteredStream(content, PDF_WORK)
    return PdfReader(stream, strict, xref_stream_maximum_entries=MAX_OBJECTS, root_object_recovery_limit=1000)


def check_lock(reader: PdfReader) -> None:
    """A PDF that anyone may open but not change or print is no trouble: only a password to read it is."""
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unacceptable(LOCKED)


def object_streams(reader: PdfReader) -> Iterator[bytes]:
    """The objects that a PDF stores compressed: the only place where a name cannot be read as it is."""
    left = MAX_PDF_UNFOLDED
    for number in {stream for stream, _ in reader.xref_objStm.values()}:
        stream = reader.get_object(number)
        if stream.get("/Filter", "/FlateDecode") not in ("/FlateDecode", ["/FlateDecode"]):
            raise LimitReachedError("Object streams are deflated.")
        data = stream.get_data()
        left -= len(data)
        if left < 0:
            raise Unacceptable(TRAP)
        yield data


def signs_in(data: bytes) -> list[str]:
    plain = ESCAPE.sub(lambda code: bytes([int(code[1], 16)]), data)
    return [name.decode() for name in SIGN.findall(plain)]


def are_words(content: bytes) -> bool:
    """Whether the signs found are only words of a text or of a title: no object has such a name.

    Every object is read, strictly: a file that plays on the tolerance of readers does not get the benefit of doubt.
    """
    names = {f"/{name}" for name in SIGNS}
    try:
        reader = opened(content, strict=True)
        known = [(number, generation) for generation, numbers in reader.xref.items() for number in numbers]
        known += [(number, 0) for number in reader.xref_objStm]
        return not any(
            name in names
            for number, generation in known
            for name in names_in(IndirectObject(number, generation, reader).get_object())
        )
    except (*UNREADABLE_PDF, NotImplementedError):
        return False


def names_in(value) -> Iterator[str]:
    """Every name inside an object of a PDF, without following its references."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, NameObject):
            yield value


def check_ooxml(content: bytes, content_type: str) -> None:
    """Refuse what is not a sound DOCX or XLSX without macro nor control."""
    parts = unpacked(content, "[Content_Types].xml")
    try:
        types = {part.get("ContentType", "") for part in ElementTree.fromstring(parts["[Content_Types].xml"] or b"")}
    except (KeyError, ElementTree.ParseError) as error:
        raise OtherKind from error
    declared = " ".join(types).lower()
    is_named = any(name.lower().endswith("vbaproject.bin") for name in parts)
    if is_named or any(sign in declared for sign in ("macro", "vbaproject", "activex")):
        raise Unacceptable(MACROS)
    if f"{content_type}.main+xml" not in types:
        raise OtherKind


def check_odf(content: bytes, content_type: str) -> None:
    """Refuse what is not a sound ODT or ODS without macro."""
    parts = unpacked(content, "mimetype", "META-INF/manifest.xml")
    if parts.get("mimetype") != content_type.encode() or not parts.get("META-INF/manifest.xml"):
        raise OtherKind
    if b"encryption-data" in parts["META-INF/manifest.xml"]:
        raise Unacceptable(LOCKED)
    if any(name.startswith(("Basic/", "Scripts/")) for name in parts):
        raise Unacceptable(MACROS)


def unpacked(content: bytes, *wanted: str) -> dict[str, bytes | None]:
    """The names of an archive's entries, all unfolded and checked; with their content for those that are wanted."""
    if content.count(b"PK\1\2") > MAX_ENTRIES:  # counted before the list itself is read
        raise Unacceptable(TRAP)
    left, parts = MAX_UNFOLDED, {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                if not is_plain_path(entry.orig_filename) or entry.filename in parts:
                    raise Unacceptable(DAMAGED)
                data = MAX_DESCRIPTION if entry.filename in wanted else 0
                size, parts[entry.filename] = unfold(archive, entry, left, data)
                left -= size
    except UNREADABLE_ZIP as error:
        raise Unacceptable(DAMAGED) from error
    return parts


def is_plain_path(name: str) -> bool:
    """Whether an entry stays in its archive, under the name that it shows."""
    return not (set(name) & set("\\:\0") or name.startswith("/") or ".." in PurePosixPath(name).parts)


def unfold(archive, entry, limit: int, kept: int) -> tuple[int, bytes | None]:
    """Read an entry to its real end, whatever size it declares: (bytes, content if at most `kept` bytes are asked)."""
    if entry.flag_bits & 1:
        raise Unacceptable(LOCKED)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unacceptable(DAMAGED)
    declared, entry.file_size = entry.file_size, limit + 2 * CHUNK  # zipfile stops at the size that it believes
    size, chunks = 0, []
    with archive.open(entry) as file:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            if size > limit or size > max(LARGE_ENTRY, MAX_RATIO * entry.compress_size):
                raise Unacceptable(TRAP)
            if size <= kept:
                chunks.append(chunk)
    if size != declared:
        raise Unacceptable(DAMAGED)
    return size, b"".join(chunks) if kept else None
