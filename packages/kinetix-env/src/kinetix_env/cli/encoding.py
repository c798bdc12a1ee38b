"""Output on streams that cannot encode all characters: a terminal may be ASCII, a pipe on Windows is cp1252.

Signs that we print have a spelling in ASCII, such as +- for the plus-minus sign. All else, such as a letter in the
name of a level, becomes an escape such as \\u5c42."""

import codecs
import io

__all__ = ["SPELLINGS", "write_readably"]

SPELLINGS = {
    "±": "+-", "\u00d7": "x", "·": "-", "•": "*", "…": "...", "\u2013": "-", "—": "-", "\u2212": "-", "\u00a0": " ",
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "²": "^2", "³": "^3", "→": "->", "←": "<-", "≤": "<=",
    "≥": ">=", "≈": "~", "√": "sqrt",
}  # fmt: skip
BOXES = range(0x2500, 0x2580)  # lines and corners of tables and bars, of which "-" and "|" are these:
ACROSS, DOWN = "─━═╌┄╸╺╴╶", "│┃║╎┆"
BLOCKS = range(0x2580, 0x25A0)
HANDLER = "kinetix-readable"


def write_readably(stream: object) -> None:
    """Make a text stream spell out the characters that its encoding lacks, instead of failing or writing "?"."""
    if isinstance(stream, io.TextIOWrapper) and stream.errors in ("strict", "surrogateescape", "backslashreplace"):
        codecs.register_error(HANDLER, _spell)
        stream.reconfigure(errors=HANDLER)


def _spell(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_spelling, error.object[error.start : error.end])), error.end


def _spelling(sign: str) -> str:
    if ord(sign) in BOXES:
        return "-" if sign in ACROSS else "|" if sign in DOWN else "+"
    if ord(sign) in BLOCKS:
        return "#"
    return SPELLINGS.get(sign) or sign.encode("ascii", "backslashreplace").decode()
