"""Invalid files and paths give a one-line error that names the file, quickly."""

import json
import os
import time
from pathlib import Path

import pytest

from kinetix_env import LevelError
from kinetix_env.levels import dumps, export_published, load, loads, resolve, save
from tests.kinetix_env.levels.samples import car

GOOD = json.dumps(car())

CONTENTS = {
    "empty": (b"", "must hold a level, got an empty text."),
    "blank": (b" \n ", "must hold a level, got an empty text."),
    "truncated": (GOOD[:-20].encode(), "must be JSON, got a mistake in line 1: "),
    "not UTF-8": (b'{"format": "\xff"}', "must be UTF-8 text, got byte 0xff at offset 12."),
    "UTF-16": (GOOD.encode("utf-16"), "must be UTF-8 text, got UTF-16; save the file as UTF-8."),
    "UTF-16, big-endian": (b"\xfe\xff" + GOOD.encode("utf-16-be"), "must be UTF-8 text, got UTF-16; save the file"),
    "two BOMs": (b"\xef\xbb\xbf" * 2 + GOOD.encode(), "must be JSON, got a mistake in line 1: "),
    "a BOM alone": (b"\xef\xbb\xbf", "must hold a level, got an empty text."),
    "NaN": (GOOD.replace("0.25", "NaN").encode(), "must hold finite numbers only, got NaN."),
    "infinity": (GOOD.replace("0.25", "-Infinity").encode(), "must hold finite numbers only, got -Infinity."),
    "1e999": (
        GOOD.replace("0.25", "1e999").encode(),
        "bodies[4].radius must be a number from 0.001 to 1e+06, g",
    ),
    "400 digits": (GOOD.replace("0.25", "1" * 400).encode(), "bodies[4].radius must be a number from 0.001 to 1e+06,"),
    "9000 digits": (
        GOOD.replace("0.25", "1" * 9000).encode(),
        "must be JSON with numbers of a sensible length, g",
    ),
    "a key twice": (b'{"format": 1, "format": 2}', "must have each key once in an object, got 'format' twice."),
    "a number": (b"7", "the level must be an object, got 7."),
    "a list": (b"[]", "the level must be an object, got []."),
    "neither format": (b'{"levels": []}', "must have a format (ours) or an env_state (published), got ['levels']."),
    "nested lists": (b"[" * 190_000, "must be a level, got brackets nested too deeply."),
    "nested objects": (b'{"a":' * 190_000, "must be a level, got brackets nested too deeply."),
    "nested bodies": (GOOD.replace("0.25", "[" * 500 + "]" * 500).encode(), "bodies[4].radius must be a number from"),
    "a million bodies": (
        GOOD.replace('"bodies": [', '"bodies": [' + "{}, " * 1_000_000).encode(),
        "must have at most 200000 objects and lists, got 1000031.",
    ),
    "a million numbers": (
        GOOD.replace('"joints": [', '"gravity": [' + "0, " * 1_000_000 + '0], "joints": [').encode(),
        "gravity must be two numbers [x, y], got [0, 0, 0, 0, 0, 0, ...].",
    ),
    "many corners": (
        GOOD.replace('"vertices": [', '"vertices": [' + "[0, 0], " * 100_000).encode(),
        "bodies[1].vertices must have 3 to 4 items, got 100003.",
    ),
    "megabytes of nesting": (b"[" * 4_000_000, "must have at most 200000 objects and lists, got 4000000."),
    "too long": (GOOD.encode() + b" " * 2**23, "must have at most 8388608 bytes, got more."),
    "half a surrogate": (GOOD.replace("to the blue", "\\ud800").encode(), "description must be Unicode text, got half"),
}


@pytest.mark.parametrize("case", CONTENTS)
def test_a_bad_file_ends_in_one_line(case: str, tmp_path: Path) -> None:
    content, message = CONTENTS[case]
    file = tmp_path / "my.json"
    file.write_bytes(content)
    start = time.perf_counter()
    with pytest.raises(LevelError) as caught:
        load(file)
    assert time.perf_counter() - start < 5.0  # s; a tenth of it where nothing else runs
    assert str(caught.value).startswith(f"{file}: {message}")
    assert len(str(caught.value)) < len(str(file)) + 400
    assert str(caught.value).isprintable()


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    for text in (GOOD, json.dumps(export_published(loads(GOOD)))):
        file = tmp_path / "marked.json"
        file.write_bytes(b"\xef\xbb\xbf" + text.encode())
        assert dumps(load(file)) == dumps(loads("\ufeff" + text)) == dumps(loads(text))


def test_bad_paths_end_in_one_line(tmp_path: Path) -> None:
    cases = {tmp_path / "none.json": "does not exist.", tmp_path: "is a folder; name one level file in it."}
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        cases[tmp_path / "pipe"] = "is not a regular file."
    for path, message in cases.items():
        with pytest.raises(LevelError) as caught:
            load(path)
        assert str(caught.value) == f"{path}: {message}"
    with pytest.raises(LevelError, match=r"does not exist|cannot be read"):
        load("a\0b.json")
    with pytest.raises(LevelError, match=r"cannot be read: File name too long|does not exist"):
        load(tmp_path / ("x" * 5000))


def test_line_breaks_in_a_path_are_escaped_in_errors(tmp_path: Path) -> None:
    with pytest.raises(LevelError) as caught:
        load(tmp_path / "two\nlines.json")
    assert "\n" not in str(caught.value)


def test_saving_to_an_unwritable_path_is_an_error(tmp_path: Path) -> None:
    named = loads(GOOD)
    with pytest.raises(LevelError, match="cannot be written"):
        save(tmp_path / "no" / "such" / "folder.json", named)
    with pytest.raises(LevelError, match="cannot be written"):
        save(tmp_path, named)
    assert list(tmp_path.iterdir()) == []


def test_saving_replaces_the_file_as_a_whole(tmp_path: Path) -> None:
    named, file = loads(GOOD), tmp_path / "car.json"
    file.write_text("x" * 100_000)
    save(file, named)
    assert file.read_text(encoding="utf-8") == dumps(named)
    assert [path.name for path in tmp_path.iterdir()] == ["car.json"]


def test_a_folder_is_all_its_levels_sorted(tmp_path: Path) -> None:
    named = loads(GOOD)
    for name in ("b", "a"):
        save(tmp_path / f"{name}.json", named)
    (tmp_path / "c.json").write_text(json.dumps(export_published(named)))
    (tmp_path / "notes.txt").write_text("no level")
    (tmp_path / "d.json").write_text(GOOD.replace('"name": "car", ', ""))
    assert [level.name for level in resolve(tmp_path)] == ["car", "car", "car", "d"]
    assert [level.name for level in resolve(str(tmp_path / "d.json"))] == ["d"]


def test_a_folder_without_levels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LevelError, match="holds no level files"):
        resolve(tmp_path)
    with pytest.raises(LevelError, match="does not exist"):
        resolve(tmp_path / "nowhere")
