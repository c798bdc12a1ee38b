"""One moment of one scene, as an image or as the text of an SVG. Both show the same."""

from typing import Any, no_type_check

import numpy as np
from jaxtyping import Array, Float
from PIL import Image

from ..contacts import Contacts
from ..errors import SceneError
from ..scene import Scene
from ..state import State
from .checks import check_size
from .describe import describe
from .inputs import check_actions, check_contacts, check_states, leading_axes, on_host
from .primitives import Picture
from .raster import paint
from .vector import document
from .windows import WindowChoice, check_window, choose_window

__all__ = ["draw", "svg"]


@no_type_check  # for run-time type checkers only: this function checks its arguments itself, and says more
def draw(
    scene: Scene,
    state: State,
    size: int = 500,
    *,
    contacts: Contacts | None = None,
    action: Float[Array, " action"] | Float[np.ndarray, " action"] | None = None,
    window: WindowChoice = "world",
) -> Image.Image:
    """A picture of one scene, as in `draw(scene, state).save("scene.png")`; its longer side has `size` pixels.

    `contacts` and `action` are those of the step that led to the state; without them no contacts, flames and arrows are
    shown. `window` is the part of the world to show: "world" (the standard world and 0.15 m of its walls), "fit" (all
    bodies but walls) or (left, right, bottom, top) in m.
    """
    check_size(size)
    return paint(_picture("draw", scene, state, contacts, action, window), size)


@no_type_check
def svg(
    scene: Scene,
    state: State,
    size: int = 500,
    *,
    contacts: Contacts | None = None,
    action: Float[Array, " action"] | Float[np.ndarray, " action"] | None = None,
    window: WindowChoice = "world",
    title: str = "A scene",
) -> str:
    """What `draw` shows, as the text of an SVG; `title` is what browsers and screen readers call it.

    Every body, joint, thruster and contact is a group with classes such as `body body-4 movable`. The longer side has
    `size` pixels where a page does not set another size.
    """
    check_size(size)
    return document(_picture("svg", scene, state, contacts, action, window), size, title)


def _picture(caller: str, scene: Any, state: Any, contacts: Any, action: Any, window: object) -> Picture:
    scene, state = on_host(caller, "scene", Scene, scene), on_host(caller, "state", State, state)
    choice = check_window(caller, window)
    for name, tree, like in (("scene", scene, ("gravity", 1)), ("state", state, ("angle", 1))):
        batch = leading_axes(caller, name, tree, like)
        if batch:
            raise SceneError(
                f"{caller}: {name} must be a single one, got a batch of shape {batch}. Pick one with "
                f"jax.tree.map(lambda leaf: leaf[0], {name}); jax2d.picture.gif takes many."
            )
    check_states(caller, "state", scene, state)
    contacts = check_contacts(caller, scene, contacts, ())
    action = check_actions(caller, "action", scene, action, ())
    return describe(scene, state, action=action, contacts=contacts, window=choose_window(choice, scene, state))
