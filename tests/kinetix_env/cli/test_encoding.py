"""Characters that the output stream cannot encode are replaced by ASCII ones, in every command."""

import io
import sys
from dataclasses import replace

import pytest

from kinetix_env.cli.encoding import write_readably
from kinetix_env.cli.main import main
from kinetix_env.cli.output import print_table
from kinetix_env.levels import save
from kinetix_env.sources import find_levels


def stream(encoding):
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict", newline="")


def written(out):
    out.flush()
    return out.buffer.getvalue().decode(out.encoding)


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "cp1252", "latin-1", "utf-8"])
def test_unencodable_characters_are_replaced_and_others_kept(encoding) -> None:
    text = "0.5 \u00b1 0.1 \u2022 3 \u00d7 4 \u2014 \u2026 \u2500\u2502\u250c\u2588 \u5c42\n"
    signs, words = "\u00b1\u2022\u00d7\u2014\u2026\u2500\u2502\u250c\u2588\u5c42", "+- * x - ... - | + # \\u5c42"
    spelt = dict(zip(signs, words.split(), strict=True))
    out = stream(encoding)
    write_readably(out)
    out.write(text)
    expected = "".join(sign if sign.encode(encoding, "ignore") else spelt[sign] for sign in text)
    assert written(out) == expected


def test_tables_and_errors_are_printed_on_ascii_streams(tmp_path, monkeypatch) -> None:
    (level,) = find_levels("suite:s/hover")
    save(tmp_path / "x.json", replace(level, name="\u5c42", description="wide \u2013 high"))
    out, err = stream("ascii"), stream("ascii")
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    assert main(["levels", "show", str(tmp_path / "x.json")]) == 0
    print_table(["solved"], [["0.5 \u00b1 0.1"]])
    assert main(["levels", "show", "\u5c42"]) == 2
    assert "\\u5c42\nwide - high\n" in written(out) and "0.5 +- 0.1" in written(out)
    assert "\\u5c42" in written(err) and written(err).startswith("kinetix: error: ")
