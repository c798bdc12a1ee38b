"""What exists in a moment of an episode, as polygons and discs in pixels.

Colours and sizes are those of the pictures for people (`kinetix_env.picture`), at rest: an agent knows what it does."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from ...picture.describe import MARGIN, ROOM
from ...picture.style import BLACK, DARKER, JOINT, LINE, MOTORS, ROLES, THRUSTER, THRUSTERS, WHITE
from ...task.env_state import EnvState
from .layers import Colours, Discs, Polygons

__all__ = ["SPAN", "View"]

SPAN = ROOM + 2 * MARGIN  # m, along one side of the image
TRIANGLE = THRUSTER * np.array([[0.0, 0.0], [-1.0, -0.5], [-1.0, 0.5]], np.float32)  # m, the tip first, clockwise
ARMS = JOINT * np.sqrt(0.5, dtype=np.float32) * np.array([[1.0, 1.0], [1.0, -1.0]], np.float32)  # m, of a cross

Points = Float[Array, "row 2"]
Flags = Bool[Array, " row"]


class View(eqx.Module):
    """A state as it is seen at some scale."""

    state: EnvState
    scale: float = eqx.field(static=True)  # px/m

    def boundary(self, still: int) -> Polygons:
        """The first `still` polygons; all of their lines lie outside."""
        return self._polygons(slice(still), LINE, 0.0)

    def free(self, still: int) -> Polygons:
        """The polygons after the first `still`."""
        return self._polygons(slice(still, len(self.state.level.scene.vertex_count)), LINE / 2, LINE / 2)

    def circles(self) -> Discs:
        """The circles."""
        scene, rows = self.state.level.scene, self._rounds()
        edge, fill = self._colours()
        return Discs(
            centre=self._centre()[rows],
            radius=scene.radius * self.scale,
            visible=scene.active[rows],
            line=self._lines(scene.radius, LINE),
            edge=edge[rows],
            fill=fill[rows],
        )

    def spokes(self) -> Polygons:
        """A line from the middle of each circle to its rim."""
        scene, rows = self.state.level.scene, self._rounds()
        angle, centre = self.state.physics.angle[rows], self._centre()[rows]
        to_rim = self.scale * scene.radius[:, None] * jnp.stack([jnp.cos(angle), jnp.sin(angle)], axis=-1)
        return self._bars(centre, centre + to_rim, scene.active[rows], LINE, self._colours()[0][rows])

    def rings(self) -> list[Discs]:
        """For each joint a ring, and a dot if its motor runs by itself."""
        level, joints = self.state.level, self.state.level.scene.joints
        place, black = self._places(), _all(BLACK, joints.active)
        motor = jnp.where(joints.motor[:, None], _pick(MOTORS, level.motor_binding), _all(WHITE, joints.active))
        auto = joints.active & joints.motor & level.motor_auto

        def disc(radius: float, visible: Flags, line: float, fill: Colours) -> Discs:
            sizes = {"radius": self._lines(visible, radius), "line": self._lines(visible, line)}
            return Discs(centre=place, visible=visible, edge=black, fill=fill, **sizes)

        return [disc(JOINT - LINE / 2, joints.active, LINE, motor), disc(JOINT / 3, auto, 0.0, black)]

    def crosses(self) -> list[Polygons]:
        """The two bars of a cross for each joint."""
        active, place = self.state.level.scene.joints.active, self._places()
        ends = [(place - self.scale * arm, place + self.scale * arm) for arm in ARMS]
        return [self._bars(*pair, active, 1.5 * LINE, _all(BLACK, active)) for pair in ends]

    def thrusters(self) -> Polygons:
        """Triangles whose tip points where they push."""
        level, thrusters = self.state.level, self.state.level.scene.thrusters
        angle = thrusters.angle + self.state.physics.angle[thrusters.body]
        tip = self._anchors(thrusters.body, thrusters.position)
        outline = jnp.asarray(np.pad(TRIANGLE, ((0, self._corners() - len(TRIANGLE)), (0, 0))))
        return Polygons(
            corners=tip[:, None] + self.scale * _turned(outline, angle[:, None]),
            count=jnp.full(len(angle), len(TRIANGLE)),
            visible=thrusters.active,
            outside=self._lines(angle, LINE / 4),
            inside=self._lines(angle, LINE / 4),
            edge=_all(BLACK, angle),
            fill=_pick(THRUSTERS, level.thruster_binding),
        )

    def _corners(self) -> int:
        """Of the rows of all polygons, for bars have four."""
        return max(4, self.state.level.scene.vertices.shape[1])

    def _rounds(self) -> slice:
        """Circles among the bodies."""
        return slice(len(self.state.level.scene.vertex_count), None)

    def _centre(self) -> Points:
        return (self.state.physics.position - ROOM / 2) * self.scale

    def _anchors(self, body: Int[Array, " row"], point: Points) -> Points:
        """Points (m) of bodies' frames, in the image."""
        return self._centre()[body] + self.scale * _turned(point, self.state.physics.angle[body])

    def _places(self) -> Points:
        """Of joints: between the anchors of both bodies, which are apart while a joint is being pulled together."""
        joints = self.state.level.scene.joints
        return (self._anchors(joints.body_a, joints.anchor_a) + self._anchors(joints.body_b, joints.anchor_b)) / 2

    def _colours(self) -> tuple[Colours, Colours]:
        """Of the lines and the areas of all bodies."""
        fill = _pick(ROLES, self.state.level.role)
        fill = jnp.where((self.state.level.scene.inverse_mass > 0)[:, None], fill, DARKER * fill)
        return DARKER * fill, fill

    def _lines(self, rows: Array, metres: float) -> Float[Array, " row"]:
        return jnp.full(len(rows), metres * self.scale)

    def _polygons(self, rows: slice, outside: float, inside: float) -> Polygons:
        scene, (edge, fill) = self.state.level.scene, self._colours()
        vertices = scene.vertices[rows]
        vertices = jnp.pad(vertices, ((0, 0), (0, self._corners() - vertices.shape[1]), (0, 0)))
        turned = _turned(vertices, self.state.physics.angle[rows, None])
        return Polygons(
            corners=self._centre()[rows, None] + self.scale * turned,
            count=scene.vertex_count[rows],
            visible=scene.active[rows],
            outside=self._lines(vertices, outside),
            inside=self._lines(vertices, inside),
            edge=edge[rows],
            fill=fill[rows],
        )

    def _bars(self, start: Points, end: Points, visible: Flags, width: float, colour: Colours) -> Polygons:
        """Straight lines of a width in m."""
        along = end - start
        length = jnp.sqrt((along**2).sum(axis=-1, keepdims=True)) + 1e-6
        across = self.scale * width / 2 * jnp.stack([-along[:, 1], along[:, 0]], axis=-1) / length
        corners = jnp.stack([start + across, end + across, end - across, start - across], axis=1)
        return Polygons(
            corners=jnp.pad(corners, ((0, 0), (0, self._corners() - 4), (0, 0))),
            count=jnp.full(len(visible), 4),
            visible=visible,
            outside=self._lines(visible, 0.0),
            inside=self._lines(visible, 0.0),
            edge=colour,
            fill=colour,
        )


def _pick(colours: tuple[Any, ...], which: Int[Array, " row"]) -> Colours:
    return jnp.array(colours, jnp.float32)[which]


def _all(colour: tuple[int, int, int], rows: Array) -> Colours:
    return jnp.broadcast_to(jnp.array(colour, jnp.float32), (len(rows), 3))


def _turned(points: Float[Array, "*#n 2"], angle: Float[Array, "*#n"]) -> Float[Array, "*n 2"]:
    """Counter-clockwise by an angle in rad."""
    cos, sin = jnp.cos(angle), jnp.sin(angle)
    x, y = points[..., 0], points[..., 1]
    return jnp.stack([cos * x - sin * y, sin * x + cos * y], axis=-1)
