"""A batch of episodes that one compiled program steps, as a `gymnasium.vector.VectorEnv`."""

from collections.abc import Sequence
from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space
from jaxtyping import Bool

from jax2d import Capacity

from ..config import as_integer
from ..errors import ConfigError, unknown
from ..level.level import Level
from ..sources.level_sources import one_level, source_of
from ..task.protocols import ActionSpaceConfig, ObservationConfig, RewardConfig
from .episodes import Episodes, seeded, stream_seed
from .infos import Info, final_info, info_of
from .settings import MODES, check_options, check_render_mode, made, metadata_of, observation_space
from .spaces import action_space_of, checked_actions

__all__ = ["KinetixVectorEnv"]

Flags = Bool[np.ndarray, " env"]


class KinetixVectorEnv(gymnasium.vector.VectorEnv[Any, Any, np.ndarray]):
    """Many episodes of one size, each of a level of its own, as one batch.

    Environment i of a seed is the environment of the seed plus i: it plays the same levels, and returns the same, as a
    `KinetixGymEnv` of that seed, so that this is `gymnasium.vector.SyncVectorEnv` of those, only faster. See there for
    `terminated`, `truncated`, `info` and errors.

    `autoreset_mode` says what happens to an environment whose episode is over, in Gymnasium's words. `NextStep`, the
    default here as there: its next step ignores the action, begins an episode and gives no reward. `SameStep`: the
    next episode begins at once; `info` has the last observation as `final_obs` and the last info as `final_info`.
    `Disabled`: `reset(options={"reset_mask": flags})` begins it, and a step before that is an error.
    """

    metadata: ClassVar[dict[str, Any]] = {  # type: ignore[misc]
        "render_modes": list(MODES),
        "render_fps": 30,
        "autoreset_mode": AutoresetMode.NEXT_STEP,
    }

    def __init__(
        self,
        num_envs: int = 1,
        size: str | Capacity = "s",
        *,
        observation: str | ObservationConfig = "flat",
        action: str | ActionSpaceConfig = "multi-discrete",
        reward: str | RewardConfig = "sparse",
        levels: Any = "random",
        autoreset_mode: str | AutoresetMode = AutoresetMode.NEXT_STEP,
        render_mode: str | None = None,
        render_size: int = 500,
        **settings: Any,
    ) -> None:
        """Make `num_envs` environments; the other settings are those of `KinetixGymEnv`."""
        num_envs = as_integer(num_envs, "num_envs", 1)
        env = made(size, {"observation": observation, "action": action, "reward": reward, **settings})
        self.num_envs = num_envs
        self._mode = _mode(autoreset_mode)
        self.metadata = metadata_of(env) | {"autoreset_mode": self._mode}  # type: ignore[misc]
        self.render_mode = check_render_mode(render_mode)
        self.render_size = render_size
        self.single_observation_space = observation_space(env)
        self.single_action_space = action_space_of(env.action_space)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._capacity = env.engine.capacity
        self._episodes = Episodes(env, source_of(levels, self._capacity), num_envs)
        self._seeded = False
        self._over = np.zeros(num_envs, bool)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, Info]:
        """Begin an episode in all environments, or those of the option `reset_mask` (flags, one each).

        A seed is one number, for seeds that count up from it, or one each, None for a stream that goes on. The option
        `level` is a level to play, or the reference of one; or a list of these, one for each environment.
        """
        given = check_options(options, ("level", "reset_mask"))
        anew = self._mask(given.get("reset_mask"))
        levels = self._levels(given["level"], anew) if "level" in given else None
        seeds = self._seeds(seed, anew)
        super().reset(seed=seed if isinstance(seed, int) else None)
        if not self._seeded:  # the streams that no seed is given for begin somewhere
            seeds = {row: stream_seed(self.np_random) for row in range(self.num_envs)} | seeds
            self._seeded = True
        self._episodes.seed(seeds)
        obs, distance = self._episodes.begin(anew, levels)
        self._over = self._over & ~anew
        no = np.zeros(self.num_envs, bool)
        return obs, info_of({"solved": no, "failed": no, "distance": distance}, anew)

    def step(self, actions: Any) -> tuple[Any, np.ndarray, np.ndarray, np.ndarray, Info]:
        """Hold an action in each environment for one step."""
        if not self._seeded:
            raise ResetNeeded("No episode has begun: call reset() before step().")
        if self._mode is AutoresetMode.DISABLED and self._over.any():
            over = np.flatnonzero(self._over).tolist()
            raise ResetNeeded(f"The episodes of {over} are over: reset(options={{'reset_mask': ...}}) begins new ones.")
        actions = checked_actions("KinetixVectorEnv.step", self.single_action_space, actions, self.num_envs)
        anew = self._over if self._mode is AutoresetMode.NEXT_STEP else None
        step = self._episodes.step(actions, anew)
        self._over = step.terminated | step.truncated
        every = np.ones(self.num_envs, bool)
        last = {"solved": step.solved, "failed": step.failed, "distance": step.distance.astype(np.float64)}
        obs, info = step.obs, info_of(last, every)
        if self._mode is AutoresetMode.SAME_STEP and self._over.any():
            obs, distance = self._episodes.begin(self._over)
            going = {name: np.where(self._over, False, last[name]) for name in ("solved", "failed")}
            info = info_of({**going, "distance": distance}, every) | final_info(step.obs, last, self._over)
        return obs, step.reward.astype(np.float64), step.terminated, step.truncated, info

    def render(self) -> tuple[np.ndarray, ...] | None:
        """A picture of each environment, [size, size, 3] of uint8; None without a `render_mode`."""
        if self.render_mode is None:
            gymnasium.logger.warn("render() draws nothing without a mode: make_vec(..., render_mode='rgb_array').")
            return None
        if not self._seeded:
            raise ResetNeeded("No episode has begun: call reset() before render().")
        return tuple(self._episodes.picture(row, self.render_size) for row in range(self.num_envs))

    def _mask(self, given: Any) -> Flags:
        """Mask of the environments to reset, [env]."""
        if given is None:
            return np.ones(self.num_envs, bool)
        if not isinstance(given, np.ndarray) or given.dtype != bool or given.shape != (self.num_envs,):
            got = f"{given.dtype} of shape {given.shape}" if isinstance(given, np.ndarray) else type(given).__name__
            raise ConfigError(f"reset_mask must be an array of {self.num_envs} flags, got {got}.")
        if not self._seeded and not given.all():
            raise ResetNeeded("No episode has begun: the first reset() begins one in every environment.")
        return given.copy()

    def _levels(self, given: Any, anew: Flags) -> dict[int, Level]:
        """The levels of the option `level` by environment."""
        rows = np.flatnonzero(anew).tolist()
        if not isinstance(given, (list, tuple)):
            return dict.fromkeys(rows, one_level(given, self._capacity))
        if len(given) != self.num_envs:
            raise ConfigError(f"A list of levels must have one for each of {self.num_envs}, got {len(given)}.")
        return {row: one_level(given[row], self._capacity) for row in rows}

    def _seeds(self, seed: Any, anew: Flags) -> dict[int, int]:
        """The stream seeds of the environments that are given one."""
        if seed is None:
            return {}
        if isinstance(seed, int):
            seed = range(seed, seed + self.num_envs)
        elif not isinstance(seed, Sequence) or isinstance(seed, str) or len(seed) != self.num_envs:
            got = f"{len(seed)} of them" if isinstance(seed, Sequence) else type(seed).__name__
            raise ConfigError(f"seed must be an integer, or a list of {self.num_envs} integers or None, got {got}.")
        return {row: seeded(seed[row]) for row in np.flatnonzero(anew).tolist() if seed[row] is not None}


def _mode(given: str | AutoresetMode) -> AutoresetMode:
    known = {mode.value: mode for mode in AutoresetMode}
    if isinstance(given, AutoresetMode):
        return given
    if given not in known:
        raise ConfigError(unknown("autoreset mode", str(given), known))
    return known[given]
