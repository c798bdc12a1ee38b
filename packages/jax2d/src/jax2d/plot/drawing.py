"""One moment of one scene as a matplotlib Axes, to save or to go on drawing on."""

from typing import no_type_check

from jaxtyping import Array, Float
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ..checks import shown
from ..contacts import Contacts
from ..errors import SceneError
from ..scene import Scene
from ..state import State
from .inputs import check_actions, check_contacts, check_scene, leading_axes, on_host
from .panel import Panel, bare
from .windows import Window, check_window, window_bounds

__all__ = ["draw"]


@no_type_check  # for run-time type checkers only: this function checks its arguments itself, and says more
def draw(
    scene: Scene,
    state: State,
    *,
    contacts: Contacts | None = None,
    action: Float[Array, " action"] | None = None,
    ax: Axes | None = None,
    window: Window = "world",
) -> Axes:
    """Draw one scene and return the Axes, as in `draw(scene, state).figure.savefig("scene.png")`.

    `contacts` and `action` are those of the step that led to the state; without them no contacts, flames and
    drives are shown. `window` is the part of the world to show: "world" (x and y from 0 to 5 m), "fit" (all
    bodies but the static polygons) or (left, right, bottom, top) in m. Without `ax` a new figure is made, of 5
    by 5 inches. Artists carry a gid, such as "body 4" or "joint 0".
    """
    scene, state = on_host("draw", "scene", Scene, scene), on_host("draw", "state", State, state)
    window = check_window("draw", window)
    for name, tree, like in (("scene", scene, ("gravity", 1)), ("state", state, ("angle", 1))):
        batch = leading_axes("draw", name, tree, like)
        if batch:
            raise SceneError(
                f"draw: {name} must be a single one, got a batch of shape {batch}. Pick one with "
                f"jax.tree.map(lambda leaf: leaf[0], {name}); jax2d.plot.animate takes many."
            )
    contacts = check_contacts("draw", contacts, ())
    capacity = check_scene("draw", scene, state, contacts)
    action = check_actions("draw", "action", action, capacity, ())
    if ax is not None and not isinstance(ax, Axes):
        raise SceneError(f"draw: ax must be a matplotlib Axes, got {shown(ax)}.")
    if ax is None:
        figure = Figure(figsize=(5.0, 5.0), dpi=144)
        FigureCanvasAgg(figure)
        ax = figure.add_axes((0.01, 0.01, 0.98, 0.98))
        bare(ax)
    panel = Panel(ax, capacity, scene, window_bounds(window, capacity, scene, state))
    panel.show(state, contacts, action)
    return ax
