"""`kinetix train`."""

import sys
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
    dry_run: Annotated[bool, arg(help="only tell what the run needs: memory, compilation, time")] = False
    distributed: Annotated[bool, arg(help="one of several processes that Slurm, Open MPI or Kubernetes started")] = (
        False
    )
    coordinator: Annotated[str | None, arg(help="HOST:PORT of process 0, where nobody else tells")] = None
    processes: Annotated[int | None, arg(help="how many there are, with --coordinator")] = None
    process_id: Annotated[int | None, arg(help="which of them this is, from 0, with --coordinator")] = None

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

        if self.distributed or self.coordinator is not None:
            from ..training.processes import join_processes

            join_processes(self.coordinator, self.processes, self.process_id)
        elif self.processes is not None or self.process_id is not None:
            raise ConfigError("--processes and --process-id go with --coordinator HOST:PORT, or --distributed.")
        if self.dry_run:
            _foretell(lambda: config_of(self), self.device_count)
            return
        run_training(lambda: config_of(self), self.out, resume=self.resume, device_count=self.device_count)
        from ..training.processes import is_first

        if is_first():
            print(f"Wrote {self.out}. Evaluate it: kinetix eval {self.out} held-out:s")


def run_training(
    make_config: Callable[[], "RunConfig"], out: Path, *, resume: bool = False, device_count: int | None = None
) -> None:
    """Train with a bar, and draw the learning curves. The configuration is made once the devices are there."""
    devices = _start(device_count)
    from ..agent import load_params
    from ..training.processes import end_quickly, is_first
    from ..training.progress import show_progress
    from ..training.run import train

    config = make_config()
    with end_quickly(), show_progress(out.name, quiet=not is_first()) as progress:
        train(config, out, resume=resume, devices=devices, progress=progress, load_params=load_params)
    if is_first():
        _draw(out)


def _start(device_count: int | None) -> Any:
    """The devices of all processes, and a place for compiled programs."""
    from ..training.cache import keep_compiled_programs

    keep_compiled_programs()
    from kinetix_env.devices import start_devices

    from ..training.processes import of_all_processes

    return of_all_processes(start_devices(device_count))


def _foretell(make_config: Callable[[], "RunConfig"], device_count: int | None) -> None:
    """What the run needs, and a warning if that is not there."""
    devices = _start(device_count)
    from kinetix_env.cli.output import print_table

    from ..training.dry_run import forecast
    from ..training.processes import is_first

    found = forecast(make_config(), devices)
    if not is_first():
        return
    print_table(("", ""), found.rows())
    warning = found.warning()
    if warning is not None:
        print(f"kinetix: warning: {warning}", file=sys.stderr)


def _draw(out: Path) -> None:
    """The learning curves, if there is matplotlib to draw them and something to draw."""
    from ..plots import learning_curves, read_metrics
    from ..training.folder import METRICS

    try:
        learning_curves(read_metrics(out / METRICS), out / "curves.png")
    except ConfigError as error:
        print(f"There is no {out / 'curves.png'}: {error}")
