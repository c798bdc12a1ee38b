"""Deep sets (M. Zaheer et al., arXiv:1703.06114): what is known of each entity is added up, then looked at as a whole.

    x = relu(W sum_i phi(e_i)),  phi of a layer for each kind of entity: polygons, circles, joints, thrusters.

The order in which a level lists its entities does not matter. Limits: it sees which motor a joint has but not which
bodies the joint holds, and the order of the motors' numbers in an action is one that it has to learn. `set-mlp` of
kinetix-agents knows both."""

from dataclasses import dataclass
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from kinetix_agents.distributions import head_of
from kinetix_env.config import check_integer, checks_its_fields
from kinetix_env.errors import ConfigError
from kinetix_env.observations import Entities
from kinetix_env.protocols import ActionSpace

from .policy import EquinoxPolicy

__all__ = ["DeepSets", "SetsNetwork"]

SMALL = 0.01  # scale of the weights that give actions: at first all are about equally likely


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class DeepSets:
    """Deep sets over bodies, joints and thrusters, in Equinox."""

    name: ClassVar[str] = "deep-sets"
    observation: ClassVar[str] = "entity"
    width: int = 64  # of what is known about an entity
    trunk: int = 128  # of what is known about the whole scene

    def __post_init__(self) -> None:
        for name in ("width", "trunk"):
            check_integer(self, name, 1)

    def build(self, observation: Any, action_space: ActionSpace) -> EquinoxPolicy:
        """The policy for one entity observation's shapes and an action space."""
        if not isinstance(observation, Entities):
            raise ConfigError(
                f"DeepSets reads the observation {self.observation!r}, got one of type {type(observation).__name__}."
            )
        head = head_of(action_space)
        return EquinoxPolicy(Blueprint(self, observation, head.size), head)


@dataclass(frozen=True)
class Blueprint:
    """Makes the network of a config. Unlike a lambda it can be pickled, and it is equal to its copies."""

    config: DeepSets
    observation: Entities  # the shapes of one observation
    outputs: int

    def __call__(self, key: PRNGKeyArray) -> "SetsNetwork":
        """The network, with weights drawn from a key."""
        return SetsNetwork(self.config, self.observation, self.outputs, key)


class SetsNetwork(eqx.Module):
    """One observation to the numbers of an action and the expected return."""

    polygon: eqx.nn.Linear
    circle: eqx.nn.Linear
    joint: eqx.nn.Linear
    thruster: eqx.nn.Linear
    scene: eqx.nn.MLP
    action: eqx.nn.Linear
    value: eqx.nn.Linear

    def __init__(self, config: DeepSets, obs: Entities, actions: int, key: PRNGKeyArray) -> None:
        """`obs` are the shapes of one observation; `actions` is how many numbers there are to give."""
        keys = jax.random.split(key, 7)
        kinds = (obs.polygons, obs.circles, obs.joints, obs.thrusters)
        encoders = [eqx.nn.Linear(rows.shape[1], config.width, key=k) for rows, k in zip(kinds, keys[:4], strict=True)]
        self.polygon, self.circle, self.joint, self.thruster = encoders
        trunk = config.trunk
        self.scene = eqx.nn.MLP(
            4 * config.width, trunk, trunk, depth=1, activation=jax.nn.relu, final_activation=jax.nn.relu, key=keys[4]
        )
        self.action = _scaled(eqx.nn.Linear(trunk, actions, key=keys[5]), SMALL)
        self.value = eqx.nn.Linear(trunk, 1, key=keys[6])

    def __call__(self, obs: Entities) -> tuple[Float[Array, " number"], Float[Array, ""]]:
        """What to make an action of, and the return that is expected."""
        sums = [
            _sum(self.polygon, obs.polygons, obs.polygon_mask),
            _sum(self.circle, obs.circles, obs.circle_mask),
            _sum(self.joint, obs.joints, obs.joint_mask),
            _sum(self.thruster, obs.thrusters, obs.thruster_mask),
        ]
        scene = self.scene(jnp.concatenate(sums))
        return self.action(scene), self.value(scene)[0]


def _sum(layer: eqx.nn.Linear, rows: Float[Array, "row column"], mask: Bool[Array, " row"]) -> Float[Array, " width"]:
    """What is known of all rows that exist. Inverse masses, which go into the thousands, are brought down."""
    calm = jnp.sign(rows) * jnp.log1p(jnp.abs(rows))  # the symlog of arXiv:2301.04104
    return jnp.where(mask[:, None], jax.nn.relu(jax.vmap(layer)(calm)), 0.0).sum(0)


def _scaled(layer: eqx.nn.Linear, scale: float) -> eqx.nn.Linear:
    """The layer with smaller weights."""
    return jax.tree.map(lambda leaf: scale * leaf, layer)
