"""Levels on one page of HTML that needs nothing else: pictures, words, and a clip of an episode of each."""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from jax2d.picture.toolkit import Progress

from ..errors import ConfigError
from ..level.sizes import SIZES
from ..levels import NamedLevel
from ..play.recording import Recording
from .clips import gif
from .legend import legend
from .level_picture import svg

__all__ = ["gallery"]

SIZE = 240  # pixels of a clip
FPS = 15
MOST_BYTES = 100_000  # of a clip, so that a page of 74 levels has less than 10 MB

HELP = "Make the green shape touch the blue one, never the red one."
PLAY = "Point at a level to see how it is solved; a click keeps the clip on or turns it off."


def gallery(
    levels: Sequence[NamedLevel],
    recordings: Sequence[Recording | None] | None = None,
    *,
    title: str = "Levels",
    progress: Progress | None = None,
) -> str:
    """A page of the levels, by size and family. `recordings` has an episode for each of them, or None.

    A clip is shown while the pointer is on its level. `progress` is called after each level with the number of levels
    drawn and to draw.
    """
    episodes = [None] * len(levels) if recordings is None else list(recordings)
    if not levels:
        raise ConfigError("A gallery needs at least one level, got none.")
    if len(episodes) != len(levels):
        raise ConfigError(f"A gallery's recordings must be one for each of {len(levels)} levels, got {len(episodes)}.")
    cards = []
    for named, episode in zip(levels, episodes, strict=True):
        cards.append(_card(named, episode))
        if progress is not None:
            progress(len(cards), len(levels))
    body = "\n".join(_sections(levels, cards))
    help_ = f"{HELP} {PLAY}" if any(episodes) else HELP
    style, script = (Path(__file__).with_name(f"gallery.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>
{style}</style>
</head>
<body>
<header>
<h1>{escape(title)} {_count(len(levels))}</h1>
<p>{help_}</p>
{legend()}
<input type="search" placeholder="Find by name, word or tag" aria-label="Find levels">
{_tag_filter(levels)}{_jumps(levels)}</header>
<p class="nothing" role="status" hidden>Nothing found. <button type="button" class="reset">Show all levels</button></p>
{body}
<script>
{script}</script>
</body>
</html>
"""


def _sections(levels: Sequence[NamedLevel], cards: Sequence[str]) -> Iterable[str]:
    """A section for each size, from small to large, and in it each family."""
    sizes = [_size(named) for named in levels]
    for size in _in_order(sizes):
        places = [place for place, other in enumerate(sizes) if other == size]
        yield f'<section id="{_anchor(size)}">\n<h2>{escape(size)} {_count(len(places))}</h2>'
        for family in _families(levels[place] for place in places):
            members = [cards[place] for place in places if levels[place].family == family]
            heading = escape(family) if family else "no family"
            anchor = _anchor(size, family)
            yield f'<div class="family" id="{anchor}">\n<h3>{heading} {_count(len(members))}</h3>\n<div class="levels">'
            yield from members
            yield "</div>\n</div>"
        yield "</section>"


def _size(named: NamedLevel) -> str:
    return next((f"Size {name.upper()}" for name, size in SIZES.items() if size == named.capacity), "Other sizes")


def _in_order(sizes: Iterable[str]) -> list[str]:
    """The sizes that occur, from small to large, those of other capacities last."""
    known = [f"Size {name.upper()}" for name in SIZES]
    return sorted(set(sizes), key=lambda size: (known.index(size) if size in known else len(known), size))


def _families(levels: Iterable[NamedLevel]) -> list[str]:
    """The families of the levels in alphabetical order; levels without a family come last."""
    return sorted({named.family for named in levels}, key=lambda family: (not family, family))


def _anchor(size: str, family: str | None = None) -> str:
    """The identifier of a section or of a family in it: letters, digits and hyphens, unique on the page."""
    words = [size.lower().replace(" ", "-")]
    if family is not None:
        words.append(family.encode().hex() if family else "none")
    return "-".join(words)


def _count(count: int) -> str:
    """The number of levels below a heading; the script updates it to the number shown."""
    return f'<small data-count="{count}">({count})</small>'


def _tag_filter(levels: Sequence[NamedLevel]) -> str:
    """A button for each tag, the most frequent first."""
    counts = Counter(tag for named in levels for tag in dict.fromkeys(named.tags))
    if not counts:
        return ""
    buttons = "\n".join(
        f'<button type="button" aria-pressed="false" data-tag="{escape(tag)}">{escape(tag)} '
        f"<small>{count}</small></button>"
        for tag, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
    return f'<div class="filter" role="group" aria-label="Show levels with all of these tags">\n{buttons}\n</div>\n'


def _jumps(levels: Sequence[NamedLevel]) -> str:
    """Links to the sizes and their families, if there are several."""
    lines = []
    for size in _in_order(_size(named) for named in levels):
        families = _families(named for named in levels if _size(named) == size)
        links = [f'<a class="size" href="#{_anchor(size)}">{escape(size)}</a>']
        links += [f'<a href="#{_anchor(size, family)}">{escape(family) or "no family"}</a>' for family in families]
        lines.append(f"<p>{' '.join(links)}</p>")
    if len(lines) == 1 and lines[0].count("<a ") == 2:
        return ""
    body = "\n".join(lines)
    return f'<nav aria-label="Jump to">\n{body}\n</nav>\n'


def _card(named: NamedLevel, episode: Recording | None) -> str:
    """A level: its picture, or its clip, and what its file says about it."""
    picture = svg(named.level, title=named.name).strip()
    if episode is None:
        stage, ending = f'<div class="stage">\n{picture}\n</div>', ""
    else:
        clip = b64encode(gif(episode, size=SIZE, fps=FPS, most_bytes=MOST_BYTES)).decode()
        label = escape(f"Play {named.name}")
        stage = (
            f'<button type="button" class="stage" aria-pressed="false" aria-label="{label}" data-clip="{clip}">\n'
            f'{picture}\n<img alt="" hidden>\n</button>'
        )
        word = "solved" if episode.ending == "solved" else "other"
        ending = f'\n<p class="ending {word}">{escape(episode.ending)} after {episode.seconds:.1f} s</p>'
    tags = "".join(f'<li data-tag="{escape(tag)}">{escape(tag)}</li>' for tag in named.tags)
    words = f"\n<p>{escape(named.description)}</p>" if named.description else ""
    listed = f'\n<ul class="tags">{tags}</ul>' if tags else ""
    return f'<article class="level">\n{stage}\n<h4>{escape(named.name)}</h4>{words}{ending}{listed}\n</article>'
