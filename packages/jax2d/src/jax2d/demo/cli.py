"""The demo's command line: options in, figures and a GIF out."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import jax

from ..capacity import Capacity
from ..engine import Engine
from ..errors import SceneError
from .scenes import batch, kinds_for
from .simulation import Film, Result, simulate, use_all_cores

__all__ = ["main"]

SIZES = {"s": Capacity.small, "m": Capacity.medium, "l": Capacity.large}
SHOWN = 9  # scenes in the GIF
STRIDE = 3  # steps per frame; steps of 1/60 s thus play in real time at 20 frames per second


class _Parser(argparse.ArgumentParser):
    """A parser that answers bad input with a single line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message}\n")


def _whole(least: int) -> Any:
    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least:
            raise argparse.ArgumentTypeError(f"must be a whole number of at least {least}, got {text!r}")
        return value

    return parse


def _gif(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() != ".gif":
        raise argparse.ArgumentTypeError(f"must end in .gif, got {text!r}")
    if path.is_dir() or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"must be a file in a folder that exists, got {text!r}")
    return path


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = _Parser(
        prog="python -m jax2d.demo",
        description="Simulate a batch of varied scenes, print how fast that was, and write a GIF of the first ones.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--scenes", type=_whole(1), default=1024, help="how many scenes")
    parser.add_argument("--steps", type=_whole(1), default=240, help="how many steps of 1/60 s")
    parser.add_argument("--size", choices=sorted(SIZES), default="l", help="capacity: small, medium or large")
    parser.add_argument("--out", type=_gif, default=Path("demo.gif"), help="where the GIF goes")
    parser.add_argument("--seed", type=_whole(0), default=0, help="which scenes")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo with these arguments (those of the process if None); returns the exit code."""
    options = _parse(arguments)
    use_all_cores()
    capacity = SIZES[options.size]()
    names = [kind.name for kind in kinds_for(capacity)]
    print(f"{options.scenes} scenes of size {options.size.upper()}: {', '.join(names[: options.scenes])}")
    start = time.perf_counter()
    scene, state, controls = batch(capacity, options.scenes, options.seed)
    print(f"built in      {time.perf_counter() - start:10.1f} s")
    engine = Engine(capacity)
    result = simulate(engine, scene, state, controls, steps=options.steps, shown=SHOWN)
    _report(result, options.scenes, options.steps, float(engine.params.dt))
    return _write(result.film, names, options.out)


def _report(result: Result, scenes: int, steps: int, dt: float) -> None:
    rate = scenes * steps / result.seconds
    where = f"{result.devices} {jax.default_backend().upper()} device{'s' if result.devices > 1 else ''}"
    print(f"compiled in   {result.compile_seconds:10.1f} s")
    print(f"simulated in  {result.seconds:10.2f} s  ({steps} steps of all scenes on {where})")
    print(f"steps/s       {rate:10,.0f}    (a step of one scene)")
    print(f"real time x   {rate * dt:10,.0f}    (simulated time over time taken, all scenes together)", flush=True)


def _write(film: Film, names: Sequence[str], path: Path) -> int:
    """Write the GIF, if Pillow is there; returns the exit code."""
    try:
        from ..picture import gif
    except ImportError as error:
        print(f"no GIF: {error}")
        return 0

    def every(tree: Any) -> Any:
        return jax.tree.map(lambda leaf: leaf[::STRIDE], tree)

    start = time.perf_counter()
    count = len(film.scene.gravity)
    titles = [names[index % len(names)] for index in range(count)]
    states, contacts, actions = every((film.states, film.contacts, film.actions))
    try:
        gif(film.scene, states, path, contacts=contacts, actions=actions, fps=60 / STRIDE, titles=titles)
    except SceneError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{path} written in {time.perf_counter() - start:.1f} s: the first {count} scenes in real time")
    return 0
