"""What an agent is given for a step. Solving is worth 1 and failing -1 in all of them."""

from dataclasses import dataclass
from typing import ClassVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from ..config import check_number
from .env_state import Transition

__all__ = ["Dense", "DistanceReward", "Published", "Sparse", "TaskReward"]


class TaskReward(eqx.Module):
    """1 when green touches blue, -1 when green touches red, else 0."""

    def __call__(self, step: Transition) -> Float[Array, ""]:
        """The reward of one environment step."""
        return jnp.where(step.solved, 1.0, jnp.where(step.failed, -1.0, 0.0))

    def bounds(self, distance: Float[Array, ""], farthest: Float[Array, ""]) -> tuple[Array, Array]:
        """The least and the most that an episode can still give in a state with a goal distance of `distance` (m).

        `farthest` (m) is the largest goal distance of the level.
        """
        del distance, farthest
        return jnp.asarray(-1.0), jnp.asarray(1.0)


class DistanceReward(eqx.Module):
    """The task's reward, and `scale` for each metre by which green came closer to blue.

    The shaping sums to `scale * (distance at the start - distance at the end)` over an episode, so it cannot
    be gained by going back and forth (Ng, Harada & Russell 1999). With `skip_first` the first step of an
    episode gets none, as in the published environment, which does not know the distance at the start.
    """

    scale: float
    skip_first: bool = eqx.field(static=True, default=False)

    def __call__(self, step: Transition) -> Float[Array, ""]:
        """The reward of one environment step."""
        closer = step.distance_before - step.distance_after
        if self.skip_first:
            closer = jnp.where(step.first, 0.0, closer)
        return TaskReward()(step) + self.scale * closer

    def bounds(self, distance: Float[Array, ""], farthest: Float[Array, ""]) -> tuple[Array, Array]:
        """The least and the most that an episode can still give in a state with a goal distance of `distance` (m).

        `farthest` (m) is the largest goal distance of the level.
        """
        return -1.0 - self.scale * jnp.maximum(farthest - distance, 0.0), 1.0 + self.scale * distance


@dataclass(frozen=True, kw_only=True)
class Sparse:
    """1 for solving, -1 for failing, nothing on the way."""

    name: ClassVar[str] = "sparse"

    def build(self) -> TaskReward:
        """The reward."""
        return TaskReward()


@dataclass(frozen=True, kw_only=True)
class Dense:
    """Sparse, and a little for every metre that green comes closer to blue."""

    name: ClassVar[str] = "dense"
    scale: float = 0.1  # reward a metre, summed over the pairs of a green and a blue shape

    def __post_init__(self) -> None:
        check_number(self, "scale")

    def build(self) -> DistanceReward:
        """The reward."""
        return DistanceReward(self.scale)


@dataclass(frozen=True, kw_only=True)
class Published:
    """Dense as Kinetix 3.0.2 has it: the first step of an episode gets none. Its training runs take scale 0.2."""

    name: ClassVar[str] = "published"
    scale: float = 0.1  # reward a metre; 0 is the published sparse reward

    def __post_init__(self) -> None:
        check_number(self, "scale")

    def build(self) -> DistanceReward:
        """The reward."""
        return DistanceReward(self.scale, skip_first=True)
