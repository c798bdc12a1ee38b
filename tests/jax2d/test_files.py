"""Atomic writes: a file is written completely or left unchanged, without temporary files."""

import os
from pathlib import Path

import pytest

from jax2d.files import write_atomically


def test_written_bytes_equal_the_given_text_or_bytes(tmp_path: Path) -> None:
    path = tmp_path / "level.json"
    for text in ("", "first\r\nsecond\n", "longer: Köln\n" * 1000, "short"):
        write_atomically(path, text)
        assert path.read_bytes() == text.encode()
    write_atomically(path, bytes(range(256)))
    assert path.read_bytes() == bytes(range(256))
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("old", ["old", None])
def test_a_failed_write_leaves_the_file_unchanged(tmp_path: Path, old: str | None) -> None:
    path = tmp_path / "level.json"
    if old is not None:
        path.write_text(old)
    before = list(tmp_path.iterdir())
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "x" * 100_000 + "\ud800")
    assert list(tmp_path.iterdir()) == before
    assert old is None or path.read_text() == old


def test_a_full_disk_leaves_the_file_unchanged(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="Windows has no limit on the size of a file")
    path = tmp_path / "level.json"
    path.write_text("old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            write_atomically(path, "new" * 10_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == [path] and path.read_text() == "old"


def test_a_missing_parent_or_a_folder_at_the_path_is_an_error(tmp_path: Path) -> None:
    for path, error in ((tmp_path / "missing" / "level.json", FileNotFoundError), (tmp_path, IsADirectoryError)):
        with pytest.raises(error):
            write_atomically(path, "text")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_permissions_are_kept(tmp_path: Path) -> None:
    path, plain = tmp_path / "level.json", tmp_path / "plain.json"
    write_atomically(path, "old")
    plain.write_text("plain")
    assert path.stat().st_mode == plain.stat().st_mode
    path.chmod(0o640)
    write_atomically(path, "new")
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.name == "nt", reason="Windows may refuse symbolic links")
def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    target, link = tmp_path / "elsewhere" / "level.json", tmp_path / "link.json"
    link.symlink_to(target)
    for text in ("the link's target is made", "and replaced"):
        write_atomically(link, text)
        assert link.is_symlink() and target.read_text() == text
    assert list(target.parent.iterdir()) == [target]
