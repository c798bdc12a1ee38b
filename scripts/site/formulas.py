"""A hook of MkDocs: formulas become MathML, which browsers show by themselves, in a font that the site brings.

Arithmatex marks them in the page as TeX in \\(...\\) and \\[...\\]. Nothing is left for a script to do."""

import html
import re
from importlib.metadata import files as files_of
from typing import Any

from latex2mathml.converter import convert
from mkdocs.structure.files import File, Files

__all__ = ["on_files", "on_page_content", "with_mathml"]

MARKED = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)
FONT = "STIXTwoMath-Regular.ttf"

# What latex2mathml writes, and what browsers show as it is meant.
CORRECTIONS = (
    # the name of a function is an identifier that is applied: space before its argument, none before its bracket
    (re.compile(r"<mo>([a-z]{2,})</mo>"), r"<mi>\1</mi><mo>&#x2061;</mo>"),
    (re.compile(r"<mi>&#x02032;</mi>"), r'<mo lspace="0" rspace="0">&#x02032;</mo>'),  # a prime
    (re.compile(r"<mo><mrow><mo>(&#x[0-9A-F]+;)</mo></mrow></mo><mo>&#x0003D;</mo>"), r"<mo>\1=</mo>"),  # \mathrel{+}=
    (re.compile(r'<mtext mathvariant="monospace">'), '<mtext class="code">'),  # which MathML Core has no variants for
)


def on_files(files: Files, *, config: Any) -> Files:
    """Called by MkDocs when it has listed the files of the site: adds the font of formulas."""
    (font,) = (file for file in files_of("ziamath") or () if file.name == FONT)
    files.append(File.generated(config, f"assets/{FONT}", abs_src_path=str(font.locate())))
    return files


def on_page_content(text: str, **_: object) -> str:
    """Called by MkDocs for the HTML of every page."""
    return with_mathml(text)


def with_mathml(text: str) -> str:
    """The HTML with every marked formula replaced. `ValueError` if one holds what the converter does not know."""
    return MARKED.sub(_formula, text)


def _formula(found: re.Match[str]) -> str:
    tex = html.unescape(found[3]).strip()
    made: str = convert(tex, display="block" if found[2] == "[" else "inline").replace("\\_", "_")  # within \\texttt
    for pattern, better in CORRECTIONS:
        made = pattern.sub(better, made)
    if "\\" in made:
        raise ValueError(f"The formula {tex!r} holds what does not become MathML: {made}")
    return made
