"""A rollout as a film: one scene, or a grid of scenes that play side by side."""

import math
from typing import Any

import jax
import numpy as np
from jaxtyping import Float
from PIL import Image, ImageDraw, ImageFont

from ..checks import number, shown
from ..contacts import Contacts
from ..errors import SceneError
from ..scene import Scene
from ..state import State
from .checks import check_columns, check_size
from .describe import describe
from .grid import Grid
from .inputs import check_actions, check_contacts, check_states, leading_axes, on_host
from .raster import paint
from .style import BLACK, WALL_LINE, WHITE
from .windows import check_window, choose_window

__all__ = ["RolloutFilm"]

GAP = 6  # pixels between scenes and around them
TITLE, FONT = 17, 11  # pixels above a scene, and of the letters
SLOWEST = 0.1  # frames per second


class RolloutFilm:
    """A frame per state. Arrays are in numpy; the states, contacts and actions have the axes [time, scene]."""

    def __init__(
        self,
        caller: str,
        scene: Any,
        states: Any,
        *,
        contacts: Any,
        actions: Any,
        fps: Any,
        max_fps: int,
        size: Any,
        window: object,
        titles: Any,
        columns: Any,
    ) -> None:
        """Check that everything is there for each frame and each scene; one scene becomes a batch of one."""
        self._scene, self._states, self._contacts, self._actions = _inputs(caller, scene, states, contacts, actions)
        self.fps = number(fps, f"{caller}: fps", least=SLOWEST, most=float(max_fps))
        check_size(size)
        count = len(self._scene.gravity)
        if titles is not None and (isinstance(titles, str) or len(titles) != count):
            raise SceneError(f"{caller}: titles must be {count} strings, one per scene, got {shown(titles)}.")
        across = min(math.ceil(math.sqrt(count)) if columns is None else check_columns(columns, count), count)
        choice = check_window(caller, window)
        self._scenes = [_pick(self._scene, index) for index in range(count)]
        self._windows = [
            choose_window(choice, one, _pick(self._states, slice(None), index))
            for index, one in enumerate(self._scenes)
        ]
        self._size, self._titles = size, titles
        self._head = TITLE if titles else 0
        width, height = self._windows[0].pixels(size)
        self._grid = Grid(count=count, columns=across, cell=(width, height + self._head), gap=GAP, around=2 * GAP)
        self._grid.check_film("scenes")
        self.width, self.height = self._grid.width, self._grid.height
        self.last = len(self._states.angle) - 1
        self._blank = self._frame()

    def frame(self, index: int) -> Image.Image:
        """The image of the states at a time."""
        sheet = self._blank.copy()
        for place, scene in enumerate(self._scenes):
            state, contacts, action = (
                _pick(tree, index, place) for tree in (self._states, self._contacts, self._actions)
            )
            picture = describe(scene, state, action=action, contacts=contacts, window=self._windows[place])
            x, y = self._grid.place(place)
            sheet.paste(paint(picture, self._size), (x, y + self._head))
        return sheet

    def _frame(self) -> Image.Image:
        """The image shared by all frames: titles, and a line around each scene."""
        sheet = Image.new("RGB", (self.width, self.height), WHITE)
        draw, (width, height) = ImageDraw.Draw(sheet), self._grid.cell
        for place in range(len(self._scenes)):
            x, y = self._grid.place(place)
            draw.rectangle((x - 1, y + self._head - 1, x + width, y + height), outline=WALL_LINE)
            if self._titles is not None:
                font = ImageFont.load_default(FONT)
                draw.text((x + width / 2, y + self._head / 2), self._titles[place], BLACK, font, anchor="mm")
        return sheet


def _pick(tree: Any, *index: int | slice | None) -> Any:
    """The same index into every array of a tree; None makes a new axis."""
    return jax.tree.map(lambda leaf: leaf[index], tree)


def _inputs(
    caller: str, scene: Any, states: Any, contacts: Any, actions: Any
) -> tuple[Scene, State, Contacts | None, Float[np.ndarray, "time scene action"] | None]:
    scene, states = on_host(caller, "scene", Scene, scene), on_host(caller, "states", State, states)
    batch = leading_axes(caller, "scene", scene, ("gravity", 1))
    leading = leading_axes(caller, "states", states, ("angle", 1))
    if len(batch) > 1 or 0 in batch:
        raise SceneError(f"{caller}: scene must be one or a batch along one axis, got a batch of shape {batch}.")
    if len(leading) != 1 + len(batch) or leading[1:] != batch or leading[0] == 0:
        takes = f"(time, {batch[0]})" if batch else "(time,)"
        raise SceneError(
            f"{caller}: states must have the leading axes {takes} with a time of at least 1, got {leading}. Stack "
            "states by jax.lax.scan or with jax.tree.map(lambda *leaves: jnp.stack(leaves), *states)."
        )
    check_states(caller, "states", scene, states)
    contacts = check_contacts(caller, scene, contacts, leading)
    actions = check_actions(caller, "actions", scene, actions, leading)
    if not batch:
        scene = _pick(scene, None)
        states, contacts, actions = (_pick(tree, slice(None), None) for tree in (states, contacts, actions))
    return scene, states, contacts, actions
