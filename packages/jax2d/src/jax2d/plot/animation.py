"""States along time as a GIF: one scene, or a grid of scenes that play side by side."""

import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, SupportsFloat, no_type_check

import jax
import numpy as np
from jaxtyping import Array, Bool, Float, UInt8
from matplotlib.artist import Artist

from ..capacity import Capacity
from ..checks import number, shown
from ..contacts import Contacts
from ..errors import SceneError
from ..scene import Scene
from ..state import State
from .frames import Grid
from .gif import check_path, write_gif
from .inputs import check_actions, check_contacts, check_scene, leading_axes, on_host
from .panel import Panel
from .windows import Window, check_window, window_bounds

__all__ = ["animate"]

_SLOWEST, _FASTEST = 0.1, 50.0  # frames a second; viewers slow down what is faster
_SMALLEST, _LARGEST = 32, 2000  # pixels


@no_type_check  # for run-time type checkers only: this function checks its arguments itself, and says more
def animate(
    scene: Scene,
    states: State,
    path: str | os.PathLike[str],
    *,
    contacts: Contacts | None = None,
    actions: Float[Array, "time *scene action"] | None = None,
    fps: SupportsFloat = 30.0,
    window: Window = "world",
    titles: Sequence[str] | None = None,
    columns: int | None = None,
    pixels: int = 240,
) -> Path:
    """Write a GIF with one frame per state and return its path.

    `scene` is one scene or a batch of them with one axis in front; a batch becomes a grid. The first axis of
    `states`, `contacts` and `actions` is time, the second, for a batch, the scene, which is what `jax.lax.scan` over
    `jax.vmap(engine.step)` returns. `contacts` and `actions` are those of the step that led to each state.

    `fps` is in frames a second: steps of 1/60 s play in real time with every second state at 30. `window` is as
    in `draw`, "fit" being a window for each scene that holds it all the time. `titles` has one line a scene,
    `columns` is the width of the grid (left out, it is about square), `pixels` the side of a panel.
    """
    film = _film(scene, states, contacts, actions)
    place = check_path("animate", path)
    rate = number(fps, "animate: fps", least=_SLOWEST, most=_FASTEST)
    side = _whole("pixels", pixels, _SMALLEST, _LARGEST)
    count = film.scenes
    if titles is not None and (isinstance(titles, str) or len(titles) != count):
        raise SceneError(f"animate: titles must be {count} strings, one a scene, got {shown(titles)}.")
    across = math.ceil(math.sqrt(count)) if columns is None else _whole("columns", columns, 1, count)
    view = check_window("animate", window)
    grid = Grid(count, across, side, titles)
    panels: list[Panel] = []
    moving: list[Artist] = []
    for k, axes in enumerate(grid.axes):
        one, its_states = _pick(film.scene, k), _pick(film.states, slice(None), k)
        panels.append(Panel(axes, film.capacity, one, window_bounds(view, film.capacity, one, its_states)))
        panels[-1].show(_pick(its_states, 0), None, None)
        moving += panels[-1].moving(_still(its_states))
    grid.settle(moving)
    write_gif(place, _frames(film, grid, panels), film.frames, rate)
    return place


class _Film(NamedTuple):
    """What `animate` shows, in numpy: a batch of scenes; the rest has the axes [time, scene]."""

    capacity: Capacity
    scene: Scene
    states: State
    contacts: Contacts | None
    actions: Float[np.ndarray, "time scene action"] | None

    @property
    def frames(self) -> int:
        return len(self.states.angle)

    @property
    def scenes(self) -> int:
        return len(self.scene.gravity)


def _pick(tree: Any, *index: int | slice | None) -> Any:
    """The same index into every array of a tree; None makes a new axis."""
    return jax.tree.map(lambda leaf: leaf[index], tree)


def _whole(name: str, value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not least <= value <= most:
        raise SceneError(f"animate: {name} must be an integer from {least} to {most}, got {shown(value)}.")
    return int(value)


def _film(scene: Any, states: Any, contacts: Any, actions: Any) -> _Film:
    """Check that everything is there for each frame and each scene; one scene becomes a batch of one."""
    scene, states = on_host("animate", "scene", Scene, scene), on_host("animate", "states", State, states)
    batch = leading_axes("animate", "scene", scene, ("gravity", 1))
    leading = leading_axes("animate", "states", states, ("angle", 1))
    if len(batch) > 1 or 0 in batch:
        raise SceneError(f"animate: scene must be one or a batch along one axis, got a batch of shape {batch}.")
    if len(leading) != 1 + len(batch) or leading[1:] != batch or leading[0] == 0:
        takes = f"(time, {batch[0]})" if batch else "(time,)"
        raise SceneError(
            f"animate: states must have the leading axes {takes} with a time of at least 1, got {leading}. Stack "
            "states by jax.lax.scan or with jax.tree.map(lambda *leaves: jnp.stack(leaves), *states)."
        )
    contacts = check_contacts("animate", contacts, leading)
    first = (0,) * len(batch)
    capacity = check_scene("animate", _pick(scene, *first), _pick(states, 0, *first), contacts)
    actions = check_actions("animate", "actions", actions, capacity, leading)
    if not batch:
        scene = _pick(scene, None)
        states, contacts, actions = (_pick(tree, slice(None), None) for tree in (states, contacts, actions))
    return _Film(capacity, scene, states, contacts, actions)


def _still(states: State) -> Bool[np.ndarray, " body"]:
    """Which bodies are in the same place in all states."""
    same = (states.position == states.position[0]).all(axis=(0, 2)) & (states.angle == states.angle[0]).all(axis=0)
    return np.asarray(same)


def _frames(film: _Film, grid: Grid, panels: Sequence[Panel]) -> Iterator[UInt8[np.ndarray, "height width 4"]]:
    """Render frame by frame."""
    for time in range(film.frames):
        for k, panel in enumerate(panels):
            panel.show(*(_pick(tree, time, k) for tree in (film.states, film.contacts, film.actions)))
        yield grid.render()
