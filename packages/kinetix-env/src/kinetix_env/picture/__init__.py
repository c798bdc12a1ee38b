"""Pictures for people, of levels and of recorded episodes.

`draw` shows one moment of a level as an image, `svg` as text; `contact_sheet` and `svg_sheet` show many levels. `gif`
and `mp4` show what `kinetix_env.play.record` has recorded; `gallery` is a page of many levels and episodes,
`legend` says what the colours and marks mean."""

from .clips import gif as gif
from .clips import mp4 as mp4
from .film import BORDER as BORDER
from .gallery import gallery as gallery
from .legend import legend as legend
from .level_picture import draw as draw
from .level_picture import svg as svg
from .sheet import contact_sheet as contact_sheet
from .sheet import svg_sheet as svg_sheet

__all__ = ["BORDER", "contact_sheet", "draw", "gallery", "gif", "legend", "mp4", "svg", "svg_sheet"]
