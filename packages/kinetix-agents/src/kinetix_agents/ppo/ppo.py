"""Training: play the levels of a curriculum, learn from the rollout, report outcomes. One jitted program per update.

The program runs in `jax.shard_map` over a mesh of one axis: every device plays its own environments, and gradients are
averaged. A single device is a mesh of one. Environments are divided into groups, each with its own curriculum and
random keys; a device has one or more groups, and what happens in a group does not depend on the device it is on."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxtyping import Array, Float, Key, PRNGKeyArray

from jax2d.batching import default_settings
from kinetix_env import KinetixEnv, Level, empty_level
from kinetix_env.errors import ConfigError
from kinetix_env.level import with_physics
from kinetix_env.protocols import Curriculum, Outcome, Policy

from .bounds import has_bounds
from .config import PPOConfig
from .gae import advantages
from .groups import Groups, flat
from .learn import Batch, learn, optimiser
from .metrics import update_metrics
from .outcomes import outcome_of, running_and_selected
from .rollout import RolloutState, Trajectory, play, start_rollout
from .state import Rows, TrainState, first_keys

__all__ = ["AXIS", "PPO", "device_mesh"]

AXIS = "data"
REPLICATED, SHARDED = PartitionSpec(), PartitionSpec(AXIS)  # type: ignore[no-untyped-call]
SPECS = (REPLICATED, REPLICATED, REPLICATED, SHARDED, SHARDED)  # of the fields of a TrainState, see `_parts`


def device_mesh(devices: Sequence[jax.Device] | None = None) -> Mesh:
    """Return a mesh of one axis over the devices, by default all."""
    return Mesh(np.array(jax.devices() if devices is None else list(devices)), (AXIS,))


class PPO:
    """Trains a policy: `init` returns the first state, `update` the next one. Both are compiled on their first call."""

    def __init__(
        self, config: PPOConfig, env: KinetixEnv, policy: Policy, curriculum: Curriculum, mesh: Mesh | None = None
    ) -> None:
        """`curriculum` must select one level per environment of a group: `Groups(config, mesh).size`."""
        mesh = device_mesh() if mesh is None else mesh
        if mesh.axis_names != (AXIS,):
            raise ConfigError(f"PPO: the mesh must have one axis named {AXIS!r}, got {mesh.axis_names}.")
        config.check_devices(mesh.size)
        self.config, self.env, self.policy, self.curriculum, self.mesh = config, env, policy, curriculum, mesh
        self.groups = Groups(config, mesh)
        self._bound_values = has_bounds(env, config)
        shard_map = partial(jax.shard_map, mesh=mesh, check_vma=False)  # a curriculum's loops need not annotate it
        init = shard_map(lambda key: _parts(self._init_device(key)), in_specs=REPLICATED, out_specs=SPECS)
        update_parts = shard_map(
            self._update_parts, in_specs=(SPECS, REPLICATED, REPLICATED), out_specs=(SPECS, REPLICATED)
        )

        def update(state: TrainState, key: PRNGKeyArray, rate: Array) -> tuple[TrainState, dict[str, Array]]:
            parts, metrics = update_parts(_parts(state), key, rate)
            return TrainState(*parts), metrics

        self._init = jax.jit(lambda key: TrainState(*init(key)))
        self._update = jax.jit(update, donate_argnums=0)
        self._program: Callable[..., Any] = self._update

    def __reduce__(self) -> tuple[Any, ...]:
        ids = [device.id for device in self.mesh.devices.flat]
        return _on_devices, (self.config, self.env, self.policy, self.curriculum, ids)  # programs cannot be copied

    def init(self, key: PRNGKeyArray, params: Any = None) -> TrainState:
        """Return the initial state, with new parameters or those given."""
        state: TrainState = self._init(key)
        if params is None:
            return state
        placed = jax.device_put(params, NamedSharding(self.mesh, REPLICATED))
        started: TrainState = eqx.tree_at(lambda state: state.params, state, placed)
        return started

    def update(
        self, state: TrainState, key: PRNGKeyArray, learning_rate: float | None = None
    ) -> tuple[TrainState, dict[str, Array]]:
        """Make one update; return the next state and its metrics, scalars by name. The given state is donated.

        `learning_rate` overrides the config's, for a schedule.
        """
        rate = jnp.asarray(self.config.learning_rate if learning_rate is None else learning_rate, jnp.float32)
        done: tuple[TrainState, dict[str, Array]] = self._program(state, key, rate)
        return done

    def compile(self, state: TrainState) -> jax.stages.Compiled:
        """Compile `update` ahead of its first call, and return the program, which can report its memory use.

        `state` may be abstract, as returned by `state_like`.
        """
        program = self._update.lower(state, jax.random.key(0), jnp.zeros((), jnp.float32)).compile()
        self._program = program
        return program

    def state_like(self) -> TrainState:
        """Return the shapes, dtypes and shardings of a state, to restore one from a checkpoint."""
        shapes = jax.eval_shape(self._init, jax.random.key(0))

        def placed(spec: PartitionSpec, tree: Any) -> Any:
            sharding = NamedSharding(self.mesh, spec)
            struct: Any = jax.ShapeDtypeStruct
            return jax.tree.map(lambda leaf: struct(leaf.shape, leaf.dtype, sharding=sharding), tree)

        parts = tuple(placed(spec, part) for spec, part in zip(SPECS, _parts(shapes), strict=True))
        like: TrainState = jax.tree.unflatten(jax.tree.structure(shapes), jax.tree.leaves(parts))
        return like

    @default_settings
    def _init_device(self, key: PRNGKeyArray) -> TrainState:
        """Return a device's part of the initial state. It plays no steps, so that it compiles quickly."""
        params_key, other = first_keys(key)
        params = self.policy.init(params_key)
        start, stagger = self.groups.keys(other, 2)
        curriculum_state = self.groups.each(self.curriculum.init, start)
        levels, level_ids, _ = jax.eval_shape(lambda: self._select(params, curriculum_state, start))
        self._check_levels(levels)
        rollout = self._staggered_start(stagger, physics=levels.physics is not None)
        return TrainState(
            params=params,
            opt_state=optimiser(self.config).init(params),
            updates=jnp.zeros((), jnp.int32),
            rows=Rows.of(
                rollout,
                flat(jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), level_ids)),
                jnp.zeros(rollout.is_first.shape, bool),
            ),
            curriculum=curriculum_state,
        )

    def _select(self, params: Any, curriculum_state: Any, keys: Key[Array, " group"]) -> tuple[Level, Any, Any]:
        """Let each group's curriculum select; return levels, level ids and curriculum states, [group, ...]."""
        evaluate = partial(self._evaluate_levels, params)
        selected: tuple[Level, Any, Any] = self.groups.each(
            lambda state, key: self.curriculum.select(state, key, evaluate), curriculum_state, keys
        )
        return selected

    def _staggered_start(self, keys: Key[Array, " group"], physics: bool) -> RolloutState:
        """Start every environment at a random time of an episode on an empty level, before its first real episode.

        With `physics` the selected levels may state physics parameters, for which all states must have room.

        If all episodes began at the same time, all environments would be in the middle of an episode for several
        updates in a row, with hardly any reward: their normalised advantages are noise, which makes the policy
        forget what it has learnt.
        """
        count = self.config.envs // self.mesh.size
        level = empty_level(self.env.engine.capacity)
        level = with_physics(level) if physics else level
        rows = jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (count, *jnp.shape(leaf))), level)
        rollout = start_rollout(self.env, self.policy, rows)
        time = jax.vmap(lambda key: jax.random.randint(key, (self.groups.size,), 0, self.env.horizon))(keys)
        staggered: RolloutState = eqx.tree_at(lambda rollout: rollout.state.time, rollout, flat(time))
        return staggered

    @default_settings
    def _update_parts(self, parts: tuple[Any, ...], key: PRNGKeyArray, rate: Array) -> tuple[Any, dict[str, Array]]:
        state, metrics = self._update_device(TrainState(*parts), key, rate)
        return _parts(state), metrics

    def _update_device(
        self, state: TrainState, key: PRNGKeyArray, learning_rate: Float[Array, ""]
    ) -> tuple[TrainState, dict[str, Array]]:
        """Make a device's part of an update."""
        config, rows = self.config, state.rows
        select_keys, action_keys, shuffle_keys = self.groups.keys(key, 3)
        levels, level_ids, curriculum_state = self._select(state.params, state.curriculum, select_keys)
        levels, level_ids = flat((levels, level_ids))
        keys = action_keys if self.groups.count > 1 else action_keys[0]
        rollout, played, advantage = self._play(state.params, rows.rollout, levels, keys, config.steps, keep_obs=True)
        params, opt_state, metrics = learn(
            config,
            self.policy,
            state.params,
            state.opt_state,
            Batch(carry=rows.carry, played=played, advantage=advantage),
            learning_rate,
            shuffle_keys,
            AXIS,
        )
        outcome, counted = running_and_selected(played, advantage, rows.counts)
        switched = played.done.any(0)  # to the selected level
        both = jax.tree.map(lambda *parts: jnp.concatenate(parts), rows.tickets, level_ids)
        curriculum_state = self.groups.each(
            self.curriculum.report, curriculum_state, *self.groups.split_twice((both, outcome))
        )
        after = TrainState(
            params=params,
            opt_state=opt_state,
            updates=state.updates + 1,
            rows=Rows.of(
                rollout,
                jax.tree.map(partial(_choose_rows, switched), level_ids, rows.tickets),
                rows.counts | switched,
            ),
            curriculum=curriculum_state,
        )
        metrics |= update_metrics(played, advantage, counted, AXIS)
        return after, {**metrics, "learning_rate": learning_rate}

    def _play(
        self,
        params: Any,
        rollout: RolloutState,
        levels: Level,
        key: Key[Array, "*group"],
        steps: int,
        *,
        keep_obs: bool,
    ) -> tuple[RolloutState, Trajectory, Float[Array, "time env"]]:
        """Play a rollout and compute its advantages."""
        config = self.config
        rollout, played, last_value = play(
            self.env,
            self.policy,
            params,
            rollout,
            levels,
            key,
            steps=steps,
            discount=config.discount,
            keep_obs=keep_obs,
            bootstrap_timeouts=config.bootstrap_timeouts,
            bound_values=self._bound_values,
        )
        advantage = advantages(played.reward, played.value, played.done, last_value, config.discount, config.gae_lambda)
        return rollout, played, advantage

    def _evaluate_levels(self, params: Any, levels: Level, key: PRNGKeyArray) -> Outcome:
        """Play each level repeatedly for `probe_steps` steps, without learning, and return the outcomes."""
        rollout = start_rollout(self.env, self.policy, levels)
        _, played, advantage = self._play(params, rollout, levels, key, self.config.probe_steps, keep_obs=False)
        return outcome_of(played, advantage, jnp.ones(played.done.shape, bool))

    def _check_levels(self, levels: Level) -> None:
        """Raise `ConfigError` if the curriculum was built for another number of levels."""
        wanted, given = self.groups.size, levels.role.shape[1]
        if given != wanted:
            where = "devices" if self.groups.count == 1 else "groups"
            raise ConfigError(
                f"PPO: the curriculum selects {given} levels at a time, but there are {wanted} environments on each of "
                f"{self.groups.total} {where}; build it with levels={wanted}."
            )


def _on_devices(config: PPOConfig, env: KinetixEnv, policy: Policy, curriculum: Curriculum, ids: Sequence[int]) -> PPO:
    """The trainer on the devices of some numbers, which must exist here."""
    known = {device.id: device for device in jax.devices()}
    if missing := [number for number in ids if number not in known]:
        raise ConfigError(f"PPO: it was made for devices that do not exist here, numbers {missing}.")
    return PPO(config, env, policy, curriculum, device_mesh([known[number] for number in ids]))


def _parts(state: TrainState) -> tuple[Any, ...]:
    """Return the fields of a state, which have different shardings."""
    return state.params, state.opt_state, state.updates, state.rows, state.curriculum


def _choose_rows(which: Array, new: Array, old: Array) -> Array:
    """Return rows of `new` where `which` is true, else of `old`."""
    return jnp.where(which.reshape(which.shape + (1,) * (new.ndim - 1)), new, old)
