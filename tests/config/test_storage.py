"""Uploaded files in a folder of this machine: whole, or not at all."""

import resource
from contextlib import contextmanager

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

PIECE = bytes(range(256)) * 4000  # 1 MB


@pytest.fixture
def folder(settings):
    return settings.MEDIA_ROOT


def files_in(folder) -> dict:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@contextmanager
def full_disk(free: int):
    """Let no file of this process grow beyond `free` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (free, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_two_files_of_the_same_name_are_both_kept(folder):
    names = [default_storage.save("pieces/acte", ContentFile(content)) for content in (b"first", b"second")]

    assert files_in(folder) == {names[0]: b"first", names[1]: b"second"}
    assert {(folder / name).stat().st_mode & 0o777 for name in names} == {0o644}


@pytest.mark.parametrize("free", [300_000, 0])
def test_a_full_disk_leaves_no_part_of_a_file(folder, free):
    with full_disk(free), pytest.raises(OSError, match="File too large"):
        default_storage.save("pieces/acte", ContentFile(PIECE))

    assert files_in(folder) == {}


def test_a_full_disk_does_not_touch_the_files_already_there(folder):
    name = default_storage.save("pieces/acte", ContentFile(b"a deliberation"))

    with full_disk(0), pytest.raises(OSError, match="File too large"):
        default_storage.save("pieces/acte", ContentFile(PIECE))

    assert files_in(folder) == {name: b"a deliberation"}


def test_an_upload_cut_in_the_middle_leaves_no_part_of_a_file(folder):
    class Cut(ContentFile):
        def chunks(self, chunk_size=None):
            yield b"the beginning"
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        default_storage.save("pieces/acte", Cut(b"a deliberation"))

    assert files_in(folder) == {}
