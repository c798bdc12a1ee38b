"""All mutations by name, and a random sequence of them with the weights of the published generator."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float, PRNGKeyArray

from jax2d.batching import default_settings

from ..config import as_integer
from ..generators.settings import Settings
from ..level.level import Level
from .place import change_position, change_rotation, change_size, toggle_immovable
from .shapes import add_connected_shape, add_shape, remove_joint, remove_shape
from .thrusters import add_thruster, remove_thruster
from .world import change_gravity, swap_roles

__all__ = ["MUTATIONS", "WEIGHTS", "Mutation", "mutate"]

Mutation = Callable[[PRNGKeyArray, Level, Settings], Level]

MUTATIONS: dict[str, Mutation] = {
    function.__name__: function
    for function in (
        *(add_shape, add_connected_shape, remove_joint, remove_shape, swap_roles, add_thruster, remove_thruster),
        *(toggle_immovable, change_size, change_position, change_rotation, change_gravity),
    )
}

# How often each is chosen where there is room for it, as published.
WEIGHTS: dict[str, float] = {
    "add_shape": 1.0,
    "add_connected_shape": 1.0,
    "swap_roles": 1.0,
    "add_thruster": 1.0,
    "remove_thruster": 1.0,
    "toggle_immovable": 0.1,
    "change_size": 1.0,
    "change_position": 1.0,
    "change_rotation": 1.0,
}


@default_settings
def mutate(key: PRNGKeyArray, level: Level, count: int, config: Settings | None = None) -> Level:
    """Change a level `count` times, each time by a mutation drawn with `WEIGHTS`. The others are not drawn."""
    count = as_integer(count, "mutate: count", 0)
    settings = Settings() if config is None else config

    def once(level: Level, key: PRNGKeyArray) -> tuple[Level, None]:
        choice, draw = jax.random.split(key)
        index = jax.random.categorical(choice, jnp.log(_weights(level)))
        branches = [lambda key, level, name=name: MUTATIONS[name](key, level, settings) for name in WEIGHTS]
        return lax.switch(index, branches, draw, level), None

    return lax.scan(once, level, jax.random.split(key, count))[0]


def _weights(level: Level) -> Float[Array, " mutation"]:
    """The weights for a level: 0 for what there is no room for."""
    scene = level.scene
    body = ~jnp.all(scene.active)
    room = {
        "add_shape": body,
        "add_connected_shape": body & ~jnp.all(scene.joints.active),
        "add_thruster": ~jnp.all(scene.thrusters.active),
        "remove_thruster": jnp.any(scene.thrusters.active),
    }
    always = jnp.asarray(True)
    return jnp.stack([jnp.where(room.get(name, always), weight, 0.0) for name, weight in WEIGHTS.items()])
