"""`kinetix bench env`: environment steps per second, as a training run would see them.

Every environment plays its own random level with random actions and goes on with another when it is done. The
steps are one compiled loop; observations and rewards are summed up, so that none can be optimised away. The best
of some runs counts: the others were disturbed."""

import time
from dataclasses import dataclass
from typing import Any, ClassVar

from .documents import WithJSON, print_json

__all__ = ["BenchEnv"]

LEVELS = 256  # random levels to play at most; drawing them is not part of the measurement


@dataclass(frozen=True, kw_only=True)
class BenchEnv(WithJSON):
    """Measure environment steps per second on this machine, with random actions on random levels."""

    name: ClassVar[str] = "bench env"
    size: str = "s"  # how much a level can hold: s, m, l, or counts: polygons=8,circles=3,joints=4,thrusters=2
    envs: int = 1024  # environments that run side by side
    steps: int = 64  # environment steps of a run, of each environment
    runs: int = 5  # the best one counts
    observation: str = "entity"  # a registered observation
    action: str = "multi-discrete"  # a registered action space
    seed: int = 0  # of levels and actions

    def run(self) -> None:
        """Print a table."""
        from ..config import as_integer
        from ..sources.random_levels import MOST_LEVELS

        as_integer(self.envs, "--envs", 1, MOST_LEVELS)
        as_integer(self.steps, "--steps", 1, 10**6)
        as_integer(self.runs, "--runs", 1, 1000)
        as_integer(self.seed, "--seed", 0, 2**32 - 1)
        import jax

        from .output import print_table
        from .progress import progress

        with progress("Measuring"):
            compile_seconds, step_seconds = self._measure()
        device = jax.devices()[0]
        rate = self.envs * self.steps / step_seconds
        if self.json:
            names = {"size": self.size, "observation": self.observation, "action": self.action, "envs": self.envs}
            found = {"compile_seconds": compile_seconds, "steps_per_second": rate}
            print_json({"device": device.device_kind, "platform": device.platform, **names, **found})
            return
        rows: list[list[object]] = [
            ["device", f"{device.device_kind} ({device.platform})"],
            ["environment", f"kinetix-{self.size}, {self.observation}, {self.action}"],
            ["environments", self.envs],
            ["compile", f"{compile_seconds:.1f} s"],
            ["steps per second", f"{rate:,.0f}"],
        ]
        print_table(["", ""], rows)

    def _measure(self) -> tuple[float, float]:
        """Seconds to compile, and of the best run."""
        import jax

        env, key = self._environment(), jax.random.key(self.seed)
        keys = jax.random.split(key, self.envs)
        _, state = jax.jit(jax.vmap(env.reset))(keys)
        start = time.perf_counter()
        rollout = jax.jit(lambda state, key: _rollout(env, state, key, self.envs, self.steps))
        compiled = rollout.lower(state, key).compile()
        compile_seconds = time.perf_counter() - start
        best = float("inf")
        for run in range(self.runs):
            start = time.perf_counter()
            state, total = compiled(state, jax.random.fold_in(key, run))
            total.block_until_ready()
            best = min(best, time.perf_counter() - start)
        return compile_seconds, best

    def _environment(self) -> Any:
        from ..environments import make
        from ..level import LevelPool, capacity_of
        from ..sources.random_levels import random_batch
        from ..task import AutoReset

        env = make(capacity_of(self.size), observation=self.observation, action=self.action)
        return AutoReset(env, LevelPool(random_batch(self.size, count=min(LEVELS, self.envs), seed=self.seed)))


def _rollout(env: Any, state: Any, key: Any, envs: int, steps: int) -> tuple[Any, Any]:
    """Play, and sum up everything that an agent would receive."""
    import jax
    import jax.numpy as jnp

    def step(carry: tuple[Any, Any], key: Any) -> tuple[tuple[Any, Any], None]:
        state, total = carry
        keys = jax.vmap(jax.random.split)(jax.random.split(key, envs))
        action = jax.vmap(env.action_space.sample)(keys[:, 0])
        obs, state, reward, done, _ = jax.vmap(env.step)(keys[:, 1], state, action)
        received = [leaf.astype(jnp.float32).sum() for leaf in jax.tree.leaves((obs, reward, done))]
        return (state, total + jnp.stack(received).sum()), None

    carry, _ = jax.lax.scan(step, (state, jnp.zeros(())), jax.random.split(key, steps))
    return carry
