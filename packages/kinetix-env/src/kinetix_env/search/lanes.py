"""Many episodes of one level side by side, a few steps at a time.

Between calls of the one compiled program all that an episode is lies on the host, as rows of plain arrays: so a row
can be kept, and another episode begin where it was. Rows are shared out among the devices."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxtyping import Array, Bool, Float, Int, Int8

from jax2d import State
from jax2d.batching import default_settings

from ..devices import default_batch
from ..level.level import Level
from ..task.env import KinetixEnv
from ..task.env_state import EnvState

__all__ = ["Lane", "Lanes", "start_lane"]

SPAN = 16  # environment steps of one call, after which rows that are over can begin anew
AXIS = "device"
WHOLE, SPLIT = PartitionSpec(), PartitionSpec(AXIS)  # type: ignore[no-untyped-call]


class Lane(eqx.Module):
    """The state of an episode without its level, with its outcome and least distance (m) so far."""

    physics: State  # state of the engine
    touching: Bool[Array, " contact"]  # whether each contact pair touches
    time: Int[Array, ""]  # environment steps taken
    distance: Float[Array, ""]  # m, of green and blue
    done: Bool[Array, ""]  # whether the episode has ended
    solved: Bool[Array, ""]  # green touched blue
    failed: Bool[Array, ""]  # green touched red
    least: Float[Array, ""]  # m, the least distance so far
    when: Int[Array, ""]  # environment steps after which that was


@default_settings
def start_lane(env: KinetixEnv, level: Level) -> Lane:
    """The start of an episode. `LevelError` if the level is of another capacity."""
    state = env.start(level)
    return Lane(
        physics=state.physics,
        touching=state.touching,
        time=state.time,
        distance=state.distance,
        done=jnp.zeros((), bool),
        solved=jnp.zeros((), bool),
        failed=jnp.zeros((), bool),
        least=jnp.copy(state.distance),
        when=jnp.copy(state.time),
    )


class Lanes:
    """Plays a batch of episodes on some devices; compiled once for each environment and number of rows."""

    def __init__(self, env: KinetixEnv, devices: Sequence[jax.Device], count: int | None = None) -> None:
        mesh = Mesh(np.array(devices), (AXIS,))
        wanted = default_batch(devices) if count is None else count
        self.count = -(-wanted // mesh.size) * mesh.size
        self._whole, self._split = NamedSharding(mesh, WHOLE), NamedSharding(mesh, SPLIT)
        self._env, self._mesh = env, mesh

    def load(self, level: Level) -> Level:
        """The level, copied to all devices of the mesh."""
        there: Level = jax.device_put(level, self._whole)
        return there

    @default_settings
    def play(self, level: Level, lanes: Lane, plans: Int8[np.ndarray, "lane step 6"]) -> Lane:
        """Step each lane by the next SPAN actions of its plan and return the lanes, as NumPy arrays."""
        steps = np.minimum(lanes.time[:, None] + np.arange(SPAN), plans.shape[1] - 1)
        actions = np.take_along_axis(plans, np.asarray(steps)[..., None], axis=1)
        given = jax.device_put((lanes, actions), self._split)
        after: Lane = jax.tree.map(np.array, _program(self._env, self._mesh, level, *given))
        return after


@eqx.filter_jit
def _program(env: KinetixEnv, mesh: Mesh, level: Level, lanes: Lane, actions: Int8[Array, "lane step 6"]) -> Lane:
    span = jax.vmap(partial(_span, env), in_axes=(None, 0, 0))
    share = jax.shard_map(span, mesh=mesh, in_specs=(WHOLE, SPLIT, SPLIT), out_specs=SPLIT, check_vma=False)
    after: Lane = share(level, lanes, actions)
    return after


def _span(env: KinetixEnv, level: Level, lane: Lane, actions: Int8[Array, "step 6"]) -> Lane:
    """The lane of one episode after the given actions."""

    def step(lane: Lane, action: Array) -> tuple[Lane, None]:
        return advance(env, level, lane, action), None

    return jax.lax.scan(step, lane, actions)[0]


@default_settings
def advance(env: KinetixEnv, level: Level, lane: Lane, action: Any) -> Lane:
    """The lane of one episode after an environment step; an episode that has ended stays unchanged."""
    before = EnvState(
        level=level,
        physics=lane.physics,
        touching=lane.touching,
        time=lane.time,
        distance=lane.distance,
        done=lane.done,
    )
    after, _, info = env.advance(before, action.astype(jnp.int32))
    nearer = ~lane.done & (info.distance < lane.least)
    return Lane(
        physics=after.physics,
        touching=after.touching,
        time=jnp.where(lane.done, lane.time, after.time),
        distance=after.distance,
        done=after.done,
        solved=lane.solved | info.solved,
        failed=lane.failed | info.failed,
        least=jnp.where(nearer, info.distance, lane.least),
        when=jnp.where(nearer, after.time, lane.when),
    )
