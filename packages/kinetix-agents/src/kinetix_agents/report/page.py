"""HTML building blocks: a page with an inline style sheet, sections, tables, notes and images.

Plain text is escaped; an `Html` is inserted as it is. Images are embedded as data URLs, so that a page is one file."""

from base64 import b64encode
from collections.abc import Sequence
from html import escape

__all__ = ["Html", "folded", "heading", "join", "note", "page", "picture", "section", "table"]

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff; margin: 0 auto; padding: 1rem; }
body { max-width: 70rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2rem; }
table { border-collapse: collapse; margin: .5rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: middle; border-bottom: 1px solid #ddd; }
th { color: #555; font-weight: 600; }
td svg { display: block; width: 6rem; height: 6rem; }
img { max-width: 100%; height: auto; }
figure { display: inline-block; margin: .5rem 1rem .5rem 0; vertical-align: top; }
figcaption, .note { color: #555; font-size: .9rem; }
summary { cursor: pointer; }
.wide { overflow-x: auto; }
"""


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


def picture(content: bytes, kind: str, caption: str, width: int | None = None) -> Html:
    """Return a figure with an embedded image of a kind such as "png"; the caption is also its alternative text."""
    size = "" if width is None else f' width="{width}"'
    data = b64encode(content).decode("ascii")
    image = f'<img src="data:image/{kind};base64,{data}" alt="{_html(caption)}"{size}>'
    return Html(f"<figure>{image}<figcaption>{_html(caption)}</figcaption></figure>")


def _row(cell: str, values: Sequence[object]) -> str:
    return f"<tr>{''.join(f'<{cell}>{_html(value)}</{cell}>' for value in values)}</tr>"


def _html(value: object) -> str:
    return value if isinstance(value, Html) else escape(str(value))
