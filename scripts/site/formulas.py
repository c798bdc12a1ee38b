"""A hook of MkDocs: formulas become MathML, which browsers show by themselves.

Arithmatex marks them in the page as TeX in \\(...\\) and \\[...\\]. Nothing is left for a script to do."""

import html
import re

from latex2mathml.converter import convert

__all__ = ["on_page_content", "with_mathml"]

MARKED = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)


def on_page_content(text: str, **_: object) -> str:
    """Called by MkDocs for the HTML of every page."""
    return with_mathml(text)


def with_mathml(text: str) -> str:
    """The HTML with every marked formula replaced. `ValueError` if one holds what the converter does not know."""
    return MARKED.sub(_formula, text)


def _formula(found: re.Match[str]) -> str:
    tex = html.unescape(found[3]).strip()
    made: str = convert(tex, display="block" if found[2] == "[" else "inline").replace("\\_", "_")  # within \\texttt
    if "\\" in made:
        raise ValueError(f"The formula {tex!r} holds what does not become MathML: {made}")
    return made
