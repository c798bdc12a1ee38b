"""`kinetix train`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from tyro.conf import arg

from kinetix_env.errors import ConfigError

if TYPE_CHECKING:
    from ..training.config import RunConfig

__all__ = ["Train", "run_training"]


@dataclass(frozen=True, kw_only=True)
class Train:
    """Train an agent on levels that a curriculum chooses, and keep all there is to know in a folder.

    The parts of a run are chosen by subcommands, each with flags of its own, after the other flags:
    kinetix train --minutes 5 curriculum:sfl --curriculum.buffer-size 512 policy:set-mlp --policy.width 64
    """

    name: ClassVar[str] = "train"
    out: Annotated[Path, arg(help="the run's folder")] = Path("runs/train")
    config: Annotated[Path | None, arg(help="start from a run's config.json, changed by other flags")] = None
    resume: Annotated[bool, arg(help="go on with the run in the folder, from its latest checkpoint")] = False
    device_count: Annotated[int | None, arg(help="devices to use; by default all, or one for each CPU core")] = None

    @classmethod
    def flags(cls, args: Sequence[str]) -> type[Any]:
        """The class to parse: these flags, and those of everything that is registered."""
        from ..training.config import read_config
        from .flags import make_flags, value_of

        defaults: dict[str, Any] = {}
        path = value_of("--config", args)
        if path is None and "--resume" in args:
            path = str(Path(value_of("--out", args) or cls.out) / "config.json")
        if path is not None:
            from dataclasses import fields

            config = read_config(Path(path))
            defaults = {part.name: getattr(config, part.name) for part in fields(config)}
        return make_flags("Train", cls.__doc__ or "", cls, defaults)

    def run(self) -> None:
        """Train, with a bar that tells how far it is."""
        from .flags import config_of

        run_training(lambda: config_of(self), self.out, resume=self.resume, device_count=self.device_count)
        print(f"Wrote {self.out}. Evaluate it: kinetix eval {self.out} held-out:s")


def run_training(
    make_config: Callable[[], "RunConfig"], out: Path, *, resume: bool = False, device_count: int | None = None
) -> None:
    """Train with a bar, and draw the learning curves. The configuration is made once the devices are there."""
    from ..training.cache import keep_compiled_programs

    keep_compiled_programs()
    from kinetix_env.devices import start_devices

    devices = start_devices(device_count)
    from ..training.progress import show_progress
    from ..training.run import train

    config = make_config()
    with show_progress(out.name) as progress:
        train(config, out, resume=resume, devices=devices, progress=progress)
    _draw(out)


def _draw(out: Path) -> None:
    """The learning curves, if there is matplotlib to draw them and something to draw."""
    from ..plots import learning_curves, read_metrics
    from ..training.run import METRICS

    try:
        learning_curves(read_metrics(out / METRICS), out / "curves.png")
    except ConfigError as error:
        print(f"There is no {out / 'curves.png'}: {error}")
