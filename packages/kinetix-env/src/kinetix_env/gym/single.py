"""One episode at a time, as a `gymnasium.Env`."""

from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium.error import ResetNeeded

from jax2d import Capacity

from ..sources.level_sources import one_level, source_of
from ..task.protocols import ActionSpaceConfig, ObservationConfig, RewardConfig
from .episodes import Episodes, stream_seed
from .infos import row_of
from .settings import MODES, check_options, check_render_mode, made, metadata_of, observation_space
from .spaces import action_space_of, checked_actions

__all__ = ["KinetixGymEnv"]


class KinetixGymEnv(gymnasium.Env[Any, Any]):
    """Levels of one size as a Gymnasium environment.

    An episode is `terminated` when it is solved or failed (or the physics is no longer finite), `truncated` when it
    runs out of time. `info` says `solved`, `failed` and the `distance` between green and blue in m.

    The levels that are played, one after the other, follow from the seed of `reset` and nothing else. The option
    `level` of `reset` is one to play instead, or the reference of one. A step without an episode is Gymnasium's
    `ResetNeeded`, other misuse an error of `kinetix_env` (`ActionError`, `ConfigError`, `LevelError`).
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": list(MODES), "render_fps": 30}  # type: ignore[misc]

    def __init__(
        self,
        size: str | Capacity = "s",
        *,
        observation: str | ObservationConfig = "flat",
        action: str | ActionSpaceConfig = "multi-discrete",
        reward: str | RewardConfig = "sparse",
        levels: Any = "random",
        render_mode: str | None = None,
        render_size: int = 500,
        **settings: Any,
    ) -> None:
        """Make an environment.

        `size` is `s`, `m` or `l`, a registered environment's name, or a capacity. `observation`, `action`, `reward` and
        the other settings (`horizon`, `frame_skip`) are those of `kinetix_env.make`. `levels` are a generator's name,
        a reference such as `suite:s`, or whatever else `kinetix_env.sources.source_of` takes. Pictures are
        `render_size` pixels wide and high.
        """
        env = made(size, {"observation": observation, "action": action, "reward": reward, **settings})
        self.metadata = metadata_of(env)  # type: ignore[misc]
        self.render_mode = check_render_mode(render_mode)
        self.render_size = render_size
        self.observation_space = observation_space(env)
        self.action_space = action_space_of(env.action_space)
        self._capacity = env.engine.capacity
        self._episodes = Episodes(env, source_of(levels, self._capacity), 1)
        self._seeded = False
        self._needs_reset: str | None = "No episode has begun"

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode: of the option `level`, or of the next level of the seed's stream."""
        given = check_options(options, ("level",))
        levels = {0: one_level(given["level"], self._capacity)} if "level" in given else None
        super().reset(seed=seed)
        if seed is not None or not self._seeded:
            self._episodes.seed({0: stream_seed(self.np_random)})
            self._seeded = True
        obs, distance = self._episodes.begin(np.ones(1, bool), levels)
        self._needs_reset = None
        return row_of(obs, 0), {"solved": False, "failed": False, "distance": float(distance[0])}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Hold an action for one environment step."""
        if self._needs_reset:
            raise ResetNeeded(f"{self._needs_reset}: call reset() before step().")
        action = checked_actions("KinetixGymEnv.step", self.action_space, action)
        step = self._episodes.step(action[None])
        terminated, truncated = bool(step.terminated[0]), bool(step.truncated[0])
        if terminated or truncated:
            self._needs_reset = f"The episode is over ({'terminated' if terminated else 'out of time'})"
        info = {"solved": bool(step.solved[0]), "failed": bool(step.failed[0]), "distance": float(step.distance[0])}
        return row_of(step.obs, 0), float(step.reward[0]), terminated, truncated, info

    def render(self) -> np.ndarray | None:
        """An image of the current state, [size, size, 3] of uint8; None without a `render_mode`."""
        if self.render_mode is None:
            gymnasium.logger.warn(
                "render() draws nothing without a mode: gymnasium.make(..., render_mode='rgb_array')."
            )
            return None
        if not self._seeded:
            raise ResetNeeded("No episode has begun: call reset() before render().")
        return self._episodes.picture(0, self.render_size)
