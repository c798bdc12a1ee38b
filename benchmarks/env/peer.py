"""The published environment and level generator (kinetix-env 3.0.2), in an environment of their own; see worker.py.

All settings as published: frame skip 2, dense reward scale 0.1, 256 steps, levels filtered by 64 steps without
action, of twice as many drawn. Its training gives `env.step` the level to go on with as `override_reset_state`,
which is "own" and "pool" here. Without one it generates a level for each environment in every step, so that it makes
no more steps per second than it generates levels: not measured.

Its package has another name than ours, but its engine has that of ours, hence the imports by name."""
# mypy: allow-untyped-calls
# (JAX leaves many of its functions without annotations.)

from collections.abc import Callable
from importlib import import_module
from typing import Any

import jax

from benchmarks.env.task import Eye, Step, Task, Tree, rows

environment, ued = (import_module(f"kinetix.environment{name}") for name in ("", ".ued.ued"))

FILTER = {"filter_levels": True, "level_filter_sample_ratio": 2, "level_filter_n_steps": 64}


def _parts(size: str) -> tuple[Any, Any, Any, Callable[[jax.Array], Tree]]:
    """Its environment, parameters, static parameters and level generator."""
    params, static = environment.EnvParams(), environment.static_env_params_from_size(size)
    generate = ued.make_reset_fn_sample_kinetix_level(params, static)
    action, observation = environment.ActionType.MULTI_DISCRETE, environment.ObservationType.SYMBOLIC_ENTITY
    env = environment.make_kinetix_env(action, observation, generate, params, static)
    return env, params, static, generate


def sampler(size: str) -> Callable[[jax.Array, int], Tree]:
    """A function of a key that draws `count` filtered random levels."""
    env, params, static, generate = _parts(size)
    config = {**FILTER, "env_size_name": size}
    draw: Callable[[jax.Array, int], Tree] = ued.make_vmapped_filtered_level_sampler(
        generate, params, static, config, env
    )
    return draw


def template(size: str) -> Tree:
    """One level, as an example of the pytree's structure."""
    return environment.create_empty_env(environment.static_env_params_from_size(size))


def eye(size: str) -> Eye:
    """Its pixel observation, whose states are its levels."""
    renderer = import_module("kinetix.render.renderer_pixels")
    params, static = environment.EnvParams(), environment.static_env_params_from_size(size)
    return Eye(start=lambda level: level, look=renderer.make_render_pixels_rl(params, static))


def task(size: str, part: str, reset: str) -> Task:
    """The whole environment."""
    if part != "env":
        raise ValueError(f"Only the whole of the published environment is measured, not {part!r}.")
    env, params, _, _ = _parts(size)

    def start(keys: jax.Array, own: Tree) -> tuple[Tree, Tree]:
        observation, state = jax.vmap(env.reset, (0, None, 0))(keys, params, own)
        return observation, state

    def step(pool: Tree, own: Tree, keys: jax.Array, state: Tree, action: jax.Array) -> Step:
        levels = len(jax.tree.leaves(pool)[0])
        pick = jax.vmap(lambda key: jax.random.randint(key, (), 0, levels))
        following = own if reset == "own" else rows(pool, pick(keys))
        batched = jax.vmap(env.step, (0, 0, 0, None, 0))
        observation, state, reward, done, info = batched(keys, state, action, params, following)
        return observation, state, reward, done, info["GoalR"]

    return Task(keep=lambda levels: levels, reset=start, step=step)
