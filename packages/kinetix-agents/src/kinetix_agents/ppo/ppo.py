"""Training: play the curriculum's levels, learn from them, tell the curriculum. One jitted program an update.

The program runs in `jax.shard_map` over a mesh of one axis: every device plays its own environments, and gradients are
averaged. One device is a mesh of one. Environments come in groups, each with a curriculum and random keys of its own;
a device has one group, or more, and what happens in a group does not depend on where it lies."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxtyping import Array, Float, Key, PRNGKeyArray

from kinetix_env import KinetixEnv, Level, empty_level
from kinetix_env.errors import ConfigError
from kinetix_env.protocols import Curriculum, Outcome, Policy

from .config import PPOConfig
from .gae import advantages
from .groups import Groups, flat
from .learn import Batch, learn, optimiser
from .metrics import update_metrics
from .outcomes import outcome_of, running_and_selected
from .rollout import Player, Trajectory, play, start_player
from .state import Rows, TrainState, first_keys

__all__ = ["AXIS", "PPO", "device_mesh"]

AXIS = "data"
WHOLE, SPLIT = PartitionSpec(), PartitionSpec(AXIS)  # type: ignore[no-untyped-call]
SPECS = (WHOLE, WHOLE, WHOLE, SPLIT, SPLIT)  # of the parts of a state


def device_mesh(devices: Sequence[jax.Device] | None = None) -> Mesh:
    """A mesh of one axis over some devices, by default all."""
    return Mesh(np.array(jax.devices() if devices is None else list(devices)), (AXIS,))


class PPO:
    """Trains a policy; `init` gives the state and `update` the next one. Both are compiled when first called."""

    def __init__(
        self, config: PPOConfig, env: KinetixEnv, policy: Policy, curriculum: Curriculum, mesh: Mesh | None = None
    ) -> None:
        """`curriculum` selects a level for each environment of a group at a time: `Groups(config, mesh).size`."""
        mesh = device_mesh() if mesh is None else mesh
        if mesh.axis_names != (AXIS,):
            raise ConfigError(f"PPO: the mesh must have one axis named {AXIS!r}, got {mesh.axis_names}.")
        config.check_devices(mesh.size)
        self.config, self.env, self.policy, self.curriculum, self.mesh = config, env, policy, curriculum, mesh
        self.groups = Groups(config, mesh)
        share = partial(jax.shard_map, mesh=mesh, check_vma=False)  # a curriculum's loops need not say what varies
        begin = share(lambda key: _parts(self._begin(key)), in_specs=WHOLE, out_specs=SPECS)
        improve = share(self._improve_parts, in_specs=(SPECS, WHOLE, WHOLE), out_specs=(SPECS, WHOLE))

        def update(state: TrainState, key: PRNGKeyArray, rate: Array) -> tuple[TrainState, dict[str, Array]]:
            parts, told = improve(_parts(state), key, rate)
            return TrainState(*parts), told

        self._init = jax.jit(lambda key: TrainState(*begin(key)))
        self._update = jax.jit(update, donate_argnums=0)
        self._program: Callable[..., Any] = self._update

    def init(self, key: PRNGKeyArray, params: Any = None) -> TrainState:
        """The state to start with: new parameters, or those given, and an episode under way in every environment."""
        state: TrainState = self._init(key)
        if params is None:
            return state
        placed = jax.device_put(params, NamedSharding(self.mesh, WHOLE))
        started: TrainState = eqx.tree_at(lambda state: state.params, state, placed)
        return started

    def update(
        self, state: TrainState, key: PRNGKeyArray, learning_rate: float | None = None
    ) -> tuple[TrainState, dict[str, Array]]:
        """One update: the next state and what to tell about it, scalars by name. The state given is used up.

        `learning_rate` overrides that of the config, for a schedule.
        """
        rate = jnp.asarray(self.config.learning_rate if learning_rate is None else learning_rate, jnp.float32)
        done: tuple[TrainState, dict[str, Array]] = self._program(state, key, rate)
        return done

    def compile(self, state: TrainState) -> jax.stages.Compiled:
        """Compile `update` now, so that its first call takes no longer than the others.

        `state` may be its shapes, as `state_like` gives them. The program can tell how much memory it takes.
        """
        program = self._update.lower(state, jax.random.key(0), jnp.zeros((), jnp.float32)).compile()
        self._program = program
        return program

    def state_like(self) -> TrainState:
        """The shapes, types and shardings of a state, to restore one."""
        shapes = jax.eval_shape(self._init, jax.random.key(0))

        def placed(spec: PartitionSpec, tree: Any) -> Any:
            sharding = NamedSharding(self.mesh, spec)
            struct: Any = jax.ShapeDtypeStruct
            return jax.tree.map(lambda leaf: struct(leaf.shape, leaf.dtype, sharding=sharding), tree)

        parts = tuple(placed(spec, part) for spec, part in zip(SPECS, _parts(shapes), strict=True))
        like: TrainState = jax.tree.unflatten(jax.tree.structure(shapes), jax.tree.leaves(parts))
        return like

    def _begin(self, key: PRNGKeyArray) -> TrainState:
        """A device's part of the first state. Nothing is played yet, so that it compiles quickly."""
        params_key, own = first_keys(key)
        params = self.policy.init(params_key)
        start, stagger = self.groups.keys(own, 2)
        memory = self.groups.each(self.curriculum.init, start)
        levels, tickets, _ = jax.eval_shape(lambda: self._select(params, memory, start))
        self._check_levels(levels)
        player = self._waiting(stagger)
        return TrainState(
            params=params,
            opt_state=optimiser(self.config).init(params),
            updates=jnp.zeros((), jnp.int32),
            rows=Rows(
                state=player.state,
                obs=player.obs,
                carry=player.carry,
                tickets=flat(jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), tickets)),
                begins=player.begins,
                episode_return=player.episode_return,
                counts=jnp.zeros(player.begins.shape, bool),
            ),
            curriculum=memory,
        )

    def _select(self, params: Any, memory: Any, keys: Key[Array, " group"]) -> tuple[Level, Any, Any]:
        """What the curriculum of each group selects: levels, tickets and memory, [group, ...]."""
        probe = partial(self._probe, params)
        selected: tuple[Level, Any, Any] = self.groups.each(
            lambda memory, key: self.curriculum.select(memory, key, probe), memory, keys
        )
        return selected

    def _waiting(self, keys: Key[Array, " group"]) -> Player:
        """Every environment waits on an empty level, for a time of its own, before its first real episode.

        In step with each other, environments would all be in the middle of their episodes for several updates, in
        which hardly anything is gained or lost: the advantages of these, normalised, are noise, and what was
        learnt is lost.
        """
        count = self.config.envs // self.mesh.size
        level = empty_level(self.env.engine.capacity)
        rows = jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (count, *jnp.shape(leaf))), level)
        player = start_player(self.env, self.policy, rows)
        time = jax.vmap(lambda key: jax.random.randint(key, (self.groups.size,), 0, self.env.horizon))(keys)
        waiting: Player = eqx.tree_at(lambda player: player.state.time, player, flat(time))
        return waiting

    def _improve_parts(self, parts: tuple[Any, ...], key: PRNGKeyArray, rate: Array) -> tuple[Any, dict[str, Array]]:
        state, told = self._improve(TrainState(*parts), key, rate)
        return _parts(state), told

    def _improve(
        self, state: TrainState, key: PRNGKeyArray, learning_rate: Float[Array, ""]
    ) -> tuple[TrainState, dict[str, Array]]:
        """A device's part of an update."""
        config, rows = self.config, state.rows
        choose, move, shuffle = self.groups.keys(key, 3)
        levels, tickets, memory = self._select(state.params, state.curriculum, choose)
        levels, tickets = flat((levels, tickets))
        player = Player(
            state=rows.state, obs=rows.obs, carry=rows.carry, begins=rows.begins, episode_return=rows.episode_return
        )
        moves = move if self.groups.count > 1 else move[0]
        player, played, advantage = self._play(state.params, player, levels, moves, config.steps, keep_obs=True)
        params, opt_state, told = learn(
            config,
            self.policy,
            state.params,
            state.opt_state,
            Batch(carry=rows.carry, played=played, advantage=advantage),
            learning_rate,
            shuffle,
            AXIS,
        )
        outcome, counted = running_and_selected(played, advantage, rows.counts)
        went_on = played.done.any(0)
        both = jax.tree.map(lambda *parts: jnp.concatenate(parts), rows.tickets, tickets)
        memory = self.groups.each(self.curriculum.report, memory, *self.groups.split_twice((both, outcome)))
        after = TrainState(
            params=params,
            opt_state=opt_state,
            updates=state.updates + 1,
            rows=Rows(
                state=player.state,
                obs=player.obs,
                carry=player.carry,
                tickets=jax.tree.map(partial(_choose_rows, went_on), tickets, rows.tickets),
                begins=player.begins,
                episode_return=player.episode_return,
                counts=rows.counts | went_on,
            ),
            curriculum=memory,
        )
        return after, {**told, **update_metrics(played, advantage, counted, AXIS), "learning_rate": learning_rate}

    def _play(
        self, params: Any, player: Player, levels: Level, key: Key[Array, "*group"], steps: int, *, keep_obs: bool
    ) -> tuple[Player, Trajectory, Float[Array, "time env"]]:
        """Play, and the advantages of what was done."""
        config = self.config
        player, played, last_value = play(
            self.env,
            self.policy,
            params,
            player,
            levels,
            key,
            steps=steps,
            discount=config.discount,
            keep_obs=keep_obs,
        )
        advantage = advantages(played.reward, played.value, played.done, last_value, config.discount, config.gae_lambda)
        return player, played, advantage

    def _probe(self, params: Any, levels: Level, key: PRNGKeyArray) -> Outcome:
        """Play each of some levels again and again."""
        player = start_player(self.env, self.policy, levels)
        _, played, advantage = self._play(params, player, levels, key, self.config.probe_steps, keep_obs=False)
        return outcome_of(played, advantage, jnp.ones(played.done.shape, bool))

    def _check_levels(self, levels: Level) -> None:
        """Refuse a curriculum that was built for another number of levels."""
        wanted, given = self.groups.size, levels.role.shape[1]
        if given != wanted:
            where = "devices" if self.groups.count == 1 else "groups"
            raise ConfigError(
                f"PPO: the curriculum selects {given} levels at a time, but there are {wanted} environments on each of "
                f"{self.groups.total} {where}; build it with levels={wanted}."
            )


def _parts(state: TrainState) -> tuple[Any, ...]:
    """The fields of a state, which lie on the devices in different ways."""
    return state.params, state.opt_state, state.updates, state.rows, state.curriculum


def _choose_rows(which: Array, new: Array, old: Array) -> Array:
    """Rows of `new` where `which`, else of `old`."""
    return jnp.where(which.reshape(which.shape + (1,) * (new.ndim - 1)), new, old)
