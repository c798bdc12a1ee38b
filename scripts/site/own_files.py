"""A hook of MkDocs: no page of the finished site loads a script, style, font or picture from another host."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["foreign", "on_post_build"]

# what a browser fetches by itself: sources, style sheets and icons, and addresses in CSS
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio)\b[^>]*?\ssrc=["']?((?:https?:)?//[^"'\s>]+)"""
    r"""|<link\b(?=[^>]*\brel=["']?(?:stylesheet|icon|preload|preconnect|manifest|shortcut icon))"""
    r"""[^>]*?\shref=["']?((?:https?:)?//[^"'\s>]+)"""
    r"""|(?:url\(|@import\s+)["']?((?:https?:)?//[^"')\s]+)"""
)


def on_post_build(*, config: Any, **_: object) -> None:
    """Called by MkDocs when everything is written."""
    found = list(foreign(Path(config["site_dir"])))
    if found:
        raise ValueError(f"The site loads files of other hosts: {'; '.join(found)}")


def foreign(site: Path) -> Iterator[str]:
    """Each file of the site that loads something from another host, and what."""
    for file in sorted((*site.rglob("*.html"), *site.rglob("*.css"))):
        for groups in FETCHED.findall(file.read_text(encoding="utf-8")):
            yield f"{file.relative_to(site)}: {''.join(groups)}"
