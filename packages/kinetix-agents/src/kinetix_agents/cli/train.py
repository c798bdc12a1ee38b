"""`kinetix train`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

from tyro.conf import arg

from kinetix_env.errors import ConfigError

__all__ = ["Train"]


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
        from .flags import make_flags

        defaults: dict[str, Any] = {}
        path = _value_of("--config", args)
        if path is None and "--resume" in args:
            path = str(Path(_value_of("--out", args) or cls.out) / "config.json")
        if path is not None:
            from dataclasses import fields

            config = read_config(Path(path))
            defaults = {part.name: getattr(config, part.name) for part in fields(config)}
        return make_flags("Train", cls.__doc__ or "", cls, defaults)

    def run(self) -> None:
        """Train, with a bar that tells how far it is."""
        from ..training.cache import keep_compiled_programs

        keep_compiled_programs()
        from ..evaluation.devices import start_devices

        devices = start_devices(self.device_count)
        from ..training.progress import show_progress
        from ..training.run import train
        from .flags import config_of

        config = config_of(self)
        with show_progress(self.out.name) as progress:
            train(config, self.out, resume=self.resume, devices=devices, progress=progress)
        self._draw()
        print(f"Wrote {self.out}. Evaluate it: kinetix eval {self.out} held-out:s")

    def _draw(self) -> None:
        """The learning curves, if there is matplotlib to draw them and something to draw."""
        from ..plots import learning_curves, read_metrics
        from ..training.run import METRICS

        try:
            learning_curves(read_metrics(self.out / METRICS), self.out / "curves.png")
        except ConfigError as error:
            print(f"There is no {self.out / 'curves.png'}: {error}")


def _value_of(flag: str, args: Sequence[str]) -> str | None:
    """The value that the arguments give a flag, before they are parsed."""
    for index, given in enumerate(args):
        if given == flag:
            if index + 1 == len(args):
                raise ConfigError(f"{flag} takes the path of a file or folder, got nothing.")
            return args[index + 1]
        if given.startswith(f"{flag}="):
            return given.partition("=")[2]
    return None
