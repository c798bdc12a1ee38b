"""The published random levels (kinetix-env 3.0.2), in an environment of their own; see worker.py.

Its package has another name than ours, but its engine has that of ours, hence the imports by name."""
# mypy: allow-untyped-calls
# (JAX leaves many of its functions without annotations.)

from importlib import import_module
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.distribution.columns import columns

__all__ = ["generator"]

environment, ued = (import_module(f"kinetix.environment{name}") for name in ("", ".ued.ued"))

WALLS = 4
FILTER = {"filter_levels": True, "level_filter_sample_ratio": 2, "level_filter_n_steps": 64}


class Generator:
    """Draws, names and plays levels."""

    def __init__(self, size: str) -> None:
        self.params, self.static = environment.EnvParams(), environment.static_env_params_from_size(size)
        self.sample = ued.make_reset_fn_sample_kinetix_level(self.params, self.static)
        action, observation = environment.ActionType.MULTI_DISCRETE, environment.ObservationType.SYMBOLIC_ENTITY
        self.env = environment.make_kinetix_env(action, observation, self.sample, self.params, self.static)
        config = {**FILTER, "env_size_name": size}
        self.filtered = ued.make_vmapped_filtered_level_sampler(self.sample, self.params, self.static, config, self.env)

    def unfiltered(self, key: jax.Array, count: int) -> Any:
        """All levels."""
        return jax.vmap(self.sample)(jax.random.split(key, count))

    def play(self, levels: Any, actions: jax.Array) -> jax.Array:
        """How plays end: 1 solved, -1 failed, 0 neither. Actions are multi-discrete, [step, level, number]."""
        params = self.params.replace(dense_reward_scale=0.0)

        def step(state: Any, action: jax.Array) -> tuple[Any, jax.Array]:
            controls = self.env.action_type.process_action(action, state, self.static)
            _, state, reward, _, _ = self.env.engine_step(state, controls, params)
            return state, reward

        def advance(carry: tuple[Any, jax.Array], action: jax.Array) -> tuple[tuple[Any, jax.Array], None]:
            state, reward = jax.vmap(step)(carry[0], action)
            return (state, jnp.where(carry[1] == 0, reward, carry[1])), None

        start = (levels, jnp.zeros(actions.shape[1]))
        return jax.lax.scan(advance, start, actions)[0][1]

    def columns(self, levels: Any) -> dict[str, np.ndarray]:
        """The numbers of levels under their common names."""
        polygon, circle, joint, thruster = levels.polygon, levels.circle, levels.joint, levels.thruster
        used = np.arange(polygon.vertices.shape[2]) < np.asarray(polygon.n_vertices)[:, WALLS:, None]
        corners = np.asarray(polygon.vertices)[:, WALLS:]
        far = np.where(used[..., None], corners, -np.inf).max(2) - np.where(used[..., None], corners, np.inf).min(2)
        extent = np.where(np.isfinite(far), far, 0)

        def bodies(body: Any, roles: Any, first: int) -> dict[str, np.ndarray]:
            return {
                "active": body.active[:, first:],
                "role": roles[:, first:],
                "x": body.position[:, first:, 0],
                "y": body.position[:, first:, 1],
                "angle": body.rotation[:, first:],
                "inverse_mass": body.inverse_mass[:, first:],
            }

        sizes = {"width": extent[..., 0], "height": extent[..., 1], "corners": polygon.n_vertices[:, WALLS:]}
        return columns(
            {
                "floor": {"role": levels.polygon_shape_roles[:, :1]},
                "polygon": bodies(polygon, levels.polygon_shape_roles, WALLS) | sizes,
                "circle": bodies(circle, levels.circle_shape_roles, 0) | {"radius": circle.radius},
                "joint": {
                    "active": joint.active,
                    "a": joint.a_index,
                    "b": joint.b_index,
                    "fixed": joint.is_fixed_joint,
                    "motor": joint.motor_on,
                    "speed": joint.motor_speed,
                    "power": joint.motor_power,
                    "limited": joint.motor_has_joint_limits,
                    "least": joint.min_rotation,
                    "most": joint.max_rotation,
                    "rotation": joint.rotation,
                    "binding": levels.motor_bindings,
                    "ax": joint.a_relative_pos[..., 0],
                    "ay": joint.a_relative_pos[..., 1],
                    "bx": joint.b_relative_pos[..., 0],
                    "by": joint.b_relative_pos[..., 1],
                },
                "thruster": {
                    "active": thruster.active,
                    "body": thruster.object_index,
                    "x": thruster.relative_position[..., 0],
                    "y": thruster.relative_position[..., 1],
                    "angle": thruster.rotation,
                    "power": thruster.power,
                    "binding": levels.thruster_bindings,
                },
            }
        )


def generator(size: str) -> Generator:
    """The generator of a published size."""
    return Generator(size)
