"""Random levels under random play, for as many engine steps as one likes: does anything become NaN, or leave the room?

    python scripts/soak_physics.py --steps 1e9                all sizes and generators in turn
    python scripts/soak_physics.py --size l --steps 1e7       one size

Every level is played for one episode of 512 engine steps without an end, with actions that are held for 2 or 8 steps.
A movable body has *escaped* when its centre is more than half a metre outside the walls, the floor or the ceiling,
unless it hangs on a wall by joints, which may pin it within. `--loose` plays without the engine's `confined`. Prints a
row per size and generator, and the seeds that draw each bad batch again; exit code 1 if there is any. A batch depends
on its seed, the number of levels and the number of devices alone."""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from jax2d import Capacity
from jax2d.boundary import FLOOR_TOP, WORLD_SIZE
from kinetix_env import Level
from kinetix_env.compilation import keep_compiled_programs
from kinetix_env.devices import start_devices
from kinetix_env.level import SIZES
from kinetix_env.plugins import registry
from kinetix_env.task import MultiDiscrete, PhysicsSettings

OUTSIDE = 0.5  # m, from the walls to the centre of a body that has escaped
EPISODE = 512  # engine steps
HOLDS = (2, 8)  # engine steps
SHOWN = 10  # seeds of bad batches


@dataclass(kw_only=True)
class Tally:
    """What has been seen so far."""

    levels: int = 0
    not_finite: int = 0  # levels
    escaped: int = 0  # levels
    furthest: float = 0.0  # m outside, of any body
    seconds: float = 0.0
    bad: list[int] = field(default_factory=list)  # seeds of batches

    def row(self, size: str, generator: str) -> str:
        """A line of the table."""
        share = 100 * self.escaped / max(self.levels, 1)
        rate = self.levels * EPISODE / max(self.seconds, 1e-9)
        return (
            f"{size:4} {generator:12} {self.levels * EPISODE:14,} {self.levels:10,} {self.not_finite:10} "
            f"{self.escaped:8} {share:9.4f} % {self.furthest:9.2f} m {rate:12,.0f}"
        )


HEADER = "size generator        engine steps     levels not finite  escaped  fraction    furthest   steps per s"


def main() -> None:
    """Play until the steps are used up."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=float, default=1e8, help="engine steps in all")
    parser.add_argument("--size", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--generator", nargs="+", default=sorted(registry().level_generators))
    parser.add_argument("--levels", type=int, default=1024, help="in a batch")
    parser.add_argument("--seed", type=int, default=0, help="of the first batch")
    parser.add_argument("--loose", action="store_true", help="do not keep bodies in the room")
    args = parser.parse_args()
    keep_compiled_programs()
    devices = start_devices()
    kinds = [(size, name) for size in args.size for name in args.generator]
    tallies = {kind: Tally() for kind in kinds}
    share = args.steps / len(kinds)
    print(HEADER, flush=True)
    for size, name in kinds:
        play = batch_player(SIZES[size], registry().level_generators[name](), args.levels, devices, not args.loose)
        soak(play, tallies[size, name], args.levels, args.seed, share)
        print(tallies[size, name].row(size, name), flush=True)
    for (size, name), tally in tallies.items():
        if tally.bad:
            print(f"{size} {name}: bad batches have the seeds {', '.join(map(str, tally.bad[:SHOWN]))}")
    sys.exit(any(tally.bad for tally in tallies.values()))


def soak(play: Callable[[Array], Any], tally: Tally, levels: int, seed: int, steps: float) -> None:
    """Play batches, counting them."""
    while tally.levels * EPISODE < steps:
        start = time.perf_counter()
        finite, outside = play(jax.random.key(seed))
        tally.seconds += time.perf_counter() - start
        escaped = outside > OUTSIDE
        tally.levels += levels
        tally.not_finite += int((~finite).sum())
        tally.escaped += int(escaped.sum())
        tally.furthest = max(tally.furthest, float(outside.max()))
        if escaped.any() or not finite.all():
            tally.bad.append(seed)
        seed += 1


def batch_player(
    capacity: Capacity, generator: Any, levels: int, devices: Sequence[jax.Device], confined: bool
) -> Callable[[Array], Any]:
    """A compiled program: from a key to whether each level stayed finite, and how far out a body of it was (m)."""
    engine = PhysicsSettings(confined=confined).engine(capacity)
    actions = MultiDiscrete().build(capacity)
    draw = generator.build(capacity)

    def one(level: Level, key: Array) -> tuple[Bool[Array, ""], Float[Array, ""]]:
        hold = jnp.array(HOLDS)[jax.random.bits(key) % len(HOLDS)]
        scene = level.scene
        movable = scene.active & (scene.inverse_mass > 0)
        for wall in range(capacity.static_polygons):
            movable &= scene.group != scene.group[wall]

        def step(carry: tuple[Any, Array], at: Array) -> tuple[tuple[Any, Array], None]:
            physics, furthest = carry
            action = actions.sample(jax.random.fold_in(key, at // hold))
            physics, _ = engine.step(scene, physics, actions.controls(level, action))
            furthest = jnp.maximum(furthest, jnp.where(movable, _outside(physics.position), 0.0).max())
            return (physics, furthest), None

        (physics, furthest), _ = jax.lax.scan(step, (level.state, jnp.zeros(())), jnp.arange(EPISODE))
        arrays = jax.tree.leaves(eqx.filter(physics, eqx.is_inexact_array))
        return jnp.array([jnp.isfinite(leaf).all() for leaf in arrays]).all(), furthest

    @jax.jit
    def share(key: Array) -> Any:
        """A device's part of the levels."""
        drawing, playing = jax.random.split(key)
        count = levels // len(devices)
        return jax.vmap(one)(draw.sample_batch(drawing, count), jax.random.split(playing, count))

    def play(key: Array) -> Any:
        keys = zip(jax.random.split(key, len(devices)), devices, strict=True)
        parts = [share(jax.device_put(own, device)) for own, device in keys]  # side by side: nothing waits for a result
        return jax.tree.map(lambda *leaves: np.concatenate(leaves), *jax.device_get(parts))

    return play


def _outside(position: Float[Array, "body 2"]) -> Float[Array, " body"]:
    """How far each centre is outside the room (m); negative within."""
    x, y = position[:, 0], position[:, 1]
    return jnp.maximum(jnp.maximum(-x, x - WORLD_SIZE), jnp.maximum(FLOOR_TOP - y, y - WORLD_SIZE))


if __name__ == "__main__":
    main()
