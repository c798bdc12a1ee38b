"""HTML building blocks: a page with an inline style sheet, sections, tables, notes and images.

Plain text is escaped; an `Html` is inserted as it is. Images are embedded as data URLs, so that a page is one file."""

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from pathlib import Path

__all__ = [
    "Html",
    "clip",
    "folded",
    "grid",
    "heading",
    "join",
    "note",
    "page",
    "paragraph",
    "section",
    "table",
    "verdict_box",
]

STYLE = Path(__file__).with_name("page.css").read_text(encoding="utf-8")


class Html(str):
    """Text that is already HTML and must not be escaped."""

    __slots__ = ()


def page(title: str, *parts: Html) -> str:
    """Return a complete HTML document."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_html(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{_html(title)}</h1>\n"
        f"{join(*parts)}\n</body>\n</html>\n"
    )


def section(title: str, *parts: Html) -> Html:
    """Return a section with a heading."""
    return Html(f"<section>\n<h2>{_html(title)}</h2>\n{join(*parts)}\n</section>")


def heading(title: str) -> Html:
    """Return a heading within a section."""
    return Html(f"<h3>{_html(title)}</h3>")


def join(*parts: Html) -> Html:
    """Concatenate pieces of HTML."""
    return Html("\n".join(parts))


def note(text: str) -> Html:
    """Return an explanatory paragraph."""
    return Html(f'<p class="note">{_html(text)}</p>')


def folded(summary: str, *parts: Html) -> Html:
    """Return a block that is collapsed until it is clicked."""
    return Html(f"<details>\n<summary>{_html(summary)}</summary>\n{join(*parts)}\n</details>")


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> Html:
    """Return a table; without a header row if all header cells are empty."""
    lines = [_row("td", row) for row in rows]
    if any(header):
        lines.insert(0, _row("th", header))
    body = "\n".join(lines)
    return Html(f'<div class="wide"><table>\n{body}\n</table></div>')


def paragraph(text: str) -> Html:
    """Return a paragraph of the page's text."""
    return Html(f"<p>{_html(text)}</p>")


def grid(*parts: Html) -> Html:
    """Return parts side by side, in as many columns as there is room for."""
    return Html(f'<div class="grid">\n{join(*parts)}\n</div>')


def verdict_box(headline: str, *texts: str, good: bool | None) -> Html:
    """Return a highlighted block; `good` is whether the news is good, None if it is neither good nor bad."""
    kind = "" if good is None else " good" if good else " bad"
    lines = "\n".join(f"<p>{_html(text)}</p>" for text in texts)
    return Html(f'<div class="verdict{kind}">\n<p class="headline">{_html(headline)}</p>\n{lines}\n</div>')


def clip(content: bytes, name: str, lines: Sequence[str], width: int) -> Html:
    """Return a figure with an embedded GIF, `width` pixels wide, the name of its level and lines on its episodes."""
    data = b64encode(content).decode("ascii")
    said = "; ".join((name, *lines))
    image = f'<img src="data:image/gif;base64,{data}" alt="{_html(said)}" width="{width}">'
    words = "<br>".join(_html(line) for line in lines)
    return Html(f'<figure class="clip">{image}<figcaption><b>{_html(name)}</b><br>{words}</figcaption></figure>')


def _row(cell: str, values: Sequence[object]) -> str:
    return f"<tr>{''.join(f'<{cell}>{_html(value)}</{cell}>' for value in values)}</tr>"


def _html(value: object) -> str:
    return value if isinstance(value, Html) else escape(str(value))
