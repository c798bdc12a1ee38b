"""`kinetix train`."""

import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from tyro.conf import arg

from kinetix_env.commands import check_folder, progress
from kinetix_env.errors import ConfigError

if TYPE_CHECKING:
    from ..training.config import RunConfig

__all__ = ["Train", "run_training"]


@dataclass(frozen=True, kw_only=True)
class Train:
    """Train an agent with PPO on levels chosen by a curriculum; metrics and checkpoints go to the run's folder.

    --resume goes on with the run in the folder --out. With more --steps or --minutes than it had, a run that has ended
    goes on too.

    Parts of a run are chosen by words such as curriculum:sfl, each followed by its own flags:
    kinetix train --minutes 5 curriculum:sfl --curriculum.buffer 512 policy:set-mlp --policy.width 64

    `kinetix train curriculum:sfl --help` shows the flags of a part.
    """

    name: ClassVar[str] = "train"
    out: Annotated[Path, arg(help="folder of the run")] = Path("runs/train")
    config: Annotated[Path | None, arg(help="take defaults from the config.json of a run; flags override them")] = None
    resume: Annotated[bool, arg(help="resume the run in the folder from its latest checkpoint")] = False
    device_count: Annotated[int | None, arg(help="number of devices; by default all, or one CPU device per core")] = (
        None
    )
    fit_levels: Annotated[
        bool, arg(help="train in the smallest environment that fits the curriculum's levels, of whatever capacity")
    ] = False
    dry_run: Annotated[bool, arg(help="only estimate memory, compile time and run time")] = False
    distributed: Annotated[
        bool, arg(help="run as one of several processes started by Slurm, Open MPI or Kubernetes")
    ] = False
    coordinator: Annotated[str | None, arg(help="HOST:PORT of process 0, if no cluster manager provides it")] = None
    processes: Annotated[int | None, arg(help="number of processes, with --coordinator")] = None
    process_id: Annotated[int | None, arg(help="index of this process, from 0, with --coordinator")] = None

    @classmethod
    def flags(cls, args: Sequence[str]) -> type[Any]:
        """Return the class to parse: these flags, and those of every registered config."""
        from ..training.config import read_config
        from .flags import make_flags, value_of

        defaults: dict[str, Any] = {}
        path, resume = value_of("--config", args), "--resume" in args
        if path is None and resume:
            path = str(Path(value_of("--out", args) or cls.out) / "config.json")
        if path is not None:
            from dataclasses import fields

            config = read_config(Path(path))
            defaults = {part.name: getattr(config, part.name) for part in fields(config)}
            if resume and value_of("--steps", args) is not None:
                defaults["minutes"] = None  # the steps decide when a run of some minutes ends now
        return make_flags("Train", cls.__doc__ or "", cls, defaults)

    @classmethod
    def print_help(cls, args: Sequence[str]) -> None:
        """Print the flags and the parts to choose from, or the settings of the parts that are named."""
        from .part_help import print_help

        print_help(cls.flags(args), f"kinetix {cls.name}", args)

    def run(self) -> None:
        """Train, with a progress bar, or estimate what the run needs."""
        check_folder("--out", self.out)
        if self.distributed or self.coordinator is not None:
            from ..training.processes import join_processes

            join_processes(self.coordinator, self.processes, self.process_id)
        elif self.processes is not None or self.process_id is not None:
            raise ConfigError("--processes and --process-id need --coordinator HOST:PORT or --distributed.")
        with self._levels():
            if self.dry_run:
                _dry_run(self._config, self.device_count)
                return
            run_training(self._config, self.out, resume=self.resume, device_count=self.device_count)
        from ..training.processes import is_first

        if is_first():
            print(f"Wrote {self.out}. Evaluate it: kinetix eval {self.out} held-out:s")

    @contextmanager
    def _levels(self) -> Iterator[None]:
        """Read level files from the copies of the run that the configuration is taken from, if it is one."""
        from ..training.folder import CONFIG, levels_of_run

        source = self.config.parent if self.config is not None and self.config.name == CONFIG else None
        if self.resume:
            source = self.out
        with nullcontext() if source is None else levels_of_run(source, strict=self.resume):
            yield

    def _config(self) -> "RunConfig":
        """Return the configuration of the run, with the environment that fits its levels if that is asked for."""
        from dataclasses import replace

        from kinetix_env.environments import like

        from ..evaluation.level_sets import find_sets, smallest_environment
        from .flags import config_of

        config = config_of(self)
        if not self.fit_levels or self.resume:  # a run that is resumed stays where it is
            return config
        levels = getattr(config.curriculum, "levels", ())
        if not levels:
            raise ConfigError(
                "--fit-levels needs a curriculum of given levels: curriculum:list --curriculum.levels LEVELS ..., got "
                f"the curriculum {config.curriculum.name!r}."
            )
        return replace(config, environment=like(config.environment, smallest_environment(find_sets(levels))))


def run_training(
    make_config: Callable[[], "RunConfig"], out: Path, *, resume: bool = False, device_count: int | None = None
) -> None:
    """Train with a progress bar and plot the learning curves. `make_config` is called once the devices are started."""
    devices = _start(device_count)
    from ..api import train_with_progress
    from ..training.processes import is_first

    with progress("Preparing") if is_first() else nullcontext():
        config = make_config()
    try:
        train_with_progress(out, config, resume=resume, devices=devices)
    except KeyboardInterrupt:
        saved = f"Stopped, with a checkpoint. To continue: kinetix train --out {shlex.quote(str(out))} --resume"
        raise KeyboardInterrupt(*[saved] * is_first()) from None
    if is_first():
        _draw(out)


def _start(device_count: int | None) -> Any:
    """Return the devices of all processes."""
    from kinetix_env.devices import start_devices

    from ..training.processes import of_all_processes

    return of_all_processes(start_devices(device_count))


def _dry_run(make_config: Callable[[], "RunConfig"], device_count: int | None) -> None:
    """Print an estimate of what the run needs, with a warning if it will not fit in memory."""
    devices = _start(device_count)
    from kinetix_env.commands import print_table

    from ..training.dry_run import forecast
    from ..training.processes import is_first

    with progress("Compiling") if is_first() else nullcontext():
        found = forecast(make_config(), devices)
    if not is_first():
        return
    print_table(("", ""), found.rows())
    warning = found.warning()
    if warning is not None:
        print(f"kinetix: warning: {warning}", file=sys.stderr)


def _draw(out: Path) -> None:
    """Plot the learning curves, if matplotlib is installed and there are metrics to plot."""
    from ..plots import learning_curves, read_metrics
    from ..training.folder import METRICS

    try:
        learning_curves(read_metrics(out / METRICS), out / "curves.png")
    except ConfigError as error:
        print(f"There is no {out / 'curves.png'}: {error}")
