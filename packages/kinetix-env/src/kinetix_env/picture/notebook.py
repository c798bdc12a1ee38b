"""How levels and recordings show themselves in a notebook. What cannot be drawn shows as the text that it prints as."""

from base64 import b64encode
from html import escape
from typing import Any

import jax
import numpy as np

from ..errors import KinetixError
from ..level.level import Level
from ..level.named import NamedLevel
from ..play.recording import Recording
from .clips import gif
from .level_picture import svg

__all__ = ["level_svg", "named_html", "recording_html"]

SIZE = 320  # pixels
MOST_BYTES = 1_000_000  # of a clip, which becomes part of the notebook


def level_svg(level: Level, title: str = "A level of Kinetix") -> str | None:
    """A picture of one level; None of a batch of levels, of one that is being traced, or of what holds no arrays."""
    if not all(_is_known(leaf) for leaf in jax.tree.leaves(level)) or np.ndim(level.role) != 1:
        return None
    try:
        return svg(level, size=SIZE, title=title)
    except (KinetixError, ValueError, TypeError, IndexError):  # arrays that do not fit together
        return None


def named_html(named: NamedLevel) -> str | None:
    """A picture of a level with its name and description below; None where there is no picture."""
    picture = level_svg(named.level, named.name)
    if picture is None:
        return None
    words = f"<b>{escape(named.name)}</b>" + (f": {escape(named.description)}" if named.description else "")
    return f"<figure>{picture}<figcaption>{words}</figcaption></figure>"


def recording_html(recording: Recording) -> str:
    """HTML with a clip of an episode and its outcome below."""
    clip = b64encode(gif(recording, size=SIZE, most_bytes=MOST_BYTES)).decode()
    words = escape(str(recording))
    image = f'<img src="data:image/gif;base64,{clip}" width="{SIZE}" height="{SIZE}" alt="{words}">'
    return f"<figure>{image}<figcaption>{words}</figcaption></figure>"


def _is_known(leaf: Any) -> bool:
    """Whether a leaf is an array of concrete values."""
    if isinstance(leaf, jax.core.Tracer):
        return False
    if isinstance(leaf, jax.Array):
        return not leaf.is_deleted() and leaf.is_fully_addressable
    return isinstance(leaf, np.ndarray)
