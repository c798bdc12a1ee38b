"""Evaluates a policy on levels: every attempt at every level is an episode, and hundreds of episodes run in parallel.

A row whose episode is over starts the next one, so that no row idles until the longest episode ends. This happens
every `SPAN` environment steps, between calls of one compiled program, which serves all levels and parameters."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxtyping import Array, Bool, Key, PRNGKeyArray

from jax2d.batching import default_settings
from kinetix_env import KinetixEnv, Level
from kinetix_env.config import as_integer
from kinetix_env.devices import default_batch
from kinetix_env.errors import LevelError
from kinetix_env.protocols import Policy

from .episode import Episode, begin, episode_key, take_step
from .results import Evaluation
from .schedule import Schedule

__all__ = ["Evaluator", "evaluate"]

SPAN = 32  # environment steps between restarts of finished rows; a call costs as much as a few steps
AXIS = "device"

Progress = Callable[[int, int], None]  # called with the number of finished episodes and the total


class Evaluator:
    """Evaluates a policy. One compiled program serves all levels of the environment's capacity and all parameters.

    `batch` episodes run in parallel, rounded up to a multiple of the number of devices, by default all of this process.
    """

    def __init__(
        self,
        policy: Policy,
        env: KinetixEnv,
        *,
        batch: int | None = None,
        greedy: bool = False,
        devices: Sequence[jax.Device] | None = None,
    ) -> None:
        used = jax.local_devices() if devices is None else list(devices)
        batch = default_batch(used) if batch is None else batch
        batch = as_integer(batch, "Evaluator.batch", 1)
        mesh = Mesh(np.array(used), (AXIS,))
        self.env, self.policy, self.greedy, self.devices = env, policy, greedy, mesh.size
        self.batch = -(-batch // mesh.size) * mesh.size
        whole, rows = PartitionSpec(), PartitionSpec(AXIS)  # type: ignore[no-untyped-call]
        self._whole, self._split = NamedSharding(mesh, whole), NamedSharding(mesh, rows)
        # the devices' loops end at different times, which the check of what varies over the mesh cannot express
        program = jax.shard_map(
            partial(_play, env, policy, greedy),
            mesh=mesh,
            in_specs=(whole, rows, rows, rows, rows),
            out_specs=rows,
            check_vma=False,
        )
        self._program = jax.jit(program, donate_argnums=1)
        self._keys = jax.jit(jax.vmap(episode_key, in_axes=(None, 0, 0)))

    def __reduce__(self) -> tuple[Any, ...]:
        ids = [device.id for device in self._whole.mesh.devices.flat]
        return _on_devices, (self.policy, self.env, self.batch, self.greedy, ids)  # compiled programs cannot be copied

    @default_settings
    def play(
        self, params: Any, levels: Level, key: PRNGKeyArray, attempts: int = 16, progress: Progress | None = None
    ) -> Evaluation:
        """Play stacked levels, `attempts` episodes per level; the same key gives the same episodes."""
        attempts = as_integer(attempts, "attempts", 1)
        count = _check_levels(levels, self.env)
        levels, params = jax.device_get(levels), jax.device_put(params, self._whole)
        schedule = Schedule(count * attempts, self.batch, self.devices)
        found = {
            "solved": np.zeros(schedule.episodes, bool),
            "failed": np.zeros(schedule.episodes, bool),
            "length": np.zeros(schedule.episodes, np.int32),
            "returns": np.zeros(schedule.episodes, np.float32),
        }
        rows = jax.device_put(self._nothing(levels), self._split)
        while schedule.over < schedule.episodes:
            fresh = schedule.fill()
            level, attempt = np.divmod(schedule.episode, attempts)
            chosen = jax.tree.map(lambda leaf, level=level: leaf[level], levels)
            given = jax.device_put((fresh, chosen, self._keys(key, level, attempt)), self._split)
            rows = self._program(params, rows, *given)
            over = schedule.finish(np.asarray(rows.state.done))
            for name, values in found.items():
                values[schedule.episode[over]] = np.asarray(getattr(rows, name))[over]
            if progress is not None:
                progress(schedule.over, schedule.episodes)
        return Evaluation(**{name: values.reshape(count, attempts) for name, values in found.items()})

    def _nothing(self, levels: Level) -> Episode:
        """Return idle rows: their episodes are over."""
        first = jax.tree.map(lambda leaf: leaf[0], levels)
        episode = jax.eval_shape(partial(begin, self.env, self.policy), first, jax.random.key(0))
        nothing = jax.tree.map(lambda leaf: np.zeros((self.batch, *leaf.shape), leaf.dtype), episode)
        rows: Episode = eqx.tree_at(lambda rows: rows.state.done, nothing, np.ones(self.batch, bool))
        return rows


def _on_devices(policy: Policy, env: KinetixEnv, batch: int, greedy: bool, ids: Sequence[int]) -> Evaluator:
    """The evaluator on this process's devices of some numbers."""
    mine = {device.id: device for device in jax.local_devices()}
    devices = [mine[number] for number in ids if number in mine]
    return Evaluator(policy, env, batch=batch, greedy=greedy, devices=devices or None)


def evaluate(
    policy: Policy,
    params: Any,
    env: KinetixEnv,
    levels: Level,
    key: PRNGKeyArray,
    *,
    attempts: int = 16,
    greedy: bool = False,
    batch: int | None = None,
) -> Evaluation:
    """Play stacked levels, `attempts` episodes per level, at most `batch` of them in parallel.

    Every call compiles; to evaluate several sets of levels or several parameters, use one `Evaluator`.
    """
    attempts = as_integer(attempts, "attempts", 1)
    episodes = _check_levels(levels, env) * attempts
    most = default_batch(jax.local_devices()) if batch is None else batch
    most = as_integer(most, "evaluate: batch", 1)
    return Evaluator(policy, env, batch=min(episodes, most), greedy=greedy).play(params, levels, key, attempts)


def _play(
    env: KinetixEnv,
    policy: Policy,
    greedy: bool,
    params: Any,
    rows: Episode,
    fresh: Bool[Array, " row"],
    levels: Level,
    keys: Key[Array, " row"],
) -> Episode:
    """Start episodes in a device's fresh rows, and run all its rows for `SPAN` steps or until all are over."""

    def choose(new: Array, old: Array) -> Array:
        return jnp.where(fresh.reshape(-1, *[1] * (new.ndim - 1)), new, old)

    rows = jax.tree.map(choose, jax.vmap(partial(begin, env, policy))(levels, keys), rows)

    def step(key: PRNGKeyArray, episode: Episode) -> Episode:
        return take_step(env, policy, greedy, params, key, episode)[0]

    def going(loop: tuple[Array, Episode]) -> Bool[Array, ""]:
        return (loop[0] < SPAN) & ~loop[1].state.done.all()

    def further(loop: tuple[Array, Episode]) -> tuple[Array, Episode]:
        return loop[0] + 1, jax.vmap(step)(keys, loop[1])

    played: Episode = jax.lax.while_loop(going, further, (jnp.zeros((), jnp.int32), rows))[1]
    return played


def _check_levels(levels: Level, env: KinetixEnv) -> int:
    """Return the number of levels. Raises `LevelError` if they cannot be played."""
    shape, bodies = levels.role.shape, env.engine.capacity.bodies
    if len(shape) != 2 or shape[0] == 0 or shape[1] != bodies:
        raise LevelError(
            f"Levels to evaluate on must be stacked, at least one, of the environment's capacity ({bodies} bodies): "
            f"their roles have shape (levels, {bodies}), got {shape}. See kinetix_env.levels.pad and stack."
        )
    return shape[0]
