"""`kinetix finetune`."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from tyro.conf import arg

from kinetix_env.commands import check_folder
from kinetix_env.errors import ConfigError

if TYPE_CHECKING:
    from ..training.config import RunConfig

__all__ = ["Finetune"]

STEPS = 2_000_000  # environment steps by default
FIXED_BY_AGENT = (
    "environment",
    "observation",
    "action_space",
    "generator",
    "curriculum",
    "policy",
    "start_from",
)  # have no flags here


@dataclass(frozen=True, kw_only=True)
class Finetune:
    """Fine-tune a trained agent on given levels, in a new run.

    The new run starts from the parameters and the settings of the run --from; flags override the settings. It trains
    on the levels in turn. --from may also be the folder of an agent published with Kinetix 3. Continue an interrupted
    run with `kinetix train --resume --out FOLDER`, as for every run.
    """

    name: ClassVar[str] = "finetune"
    from_run: Annotated[
        Path | None, arg(name="from", help="folder of the run, or of the published agent, to fine-tune")
    ] = None
    levels: Annotated[
        tuple[str, ...],
        arg(help="levels to train on: files, folders, suite:SPLIT[/NAME], held-out:SIZE[/NAME], random:SIZE"),
    ] = ()
    out: Annotated[Path, arg(help="folder of the new run")] = Path("runs/finetune")
    device_count: Annotated[int | None, arg(help="number of devices; by default all, or one CPU device per core")] = (
        None
    )

    @classmethod
    def flags(cls, args: Sequence[str]) -> type[Any]:
        """Return the class to parse: these flags and those of a run, except the settings that the agent fixes."""
        from ..agent import run_config
        from ..training.config import RunConfig
        from .flags import make_flags, value_of

        defaults: dict[str, Any] = {"steps": STEPS}
        run = value_of("--from", args)
        if run is not None:
            config = run_config(Path(run))
            defaults |= {part.name: getattr(config, part.name) for part in fields(RunConfig) if part.name != "steps"}
            defaults |= {"minutes": None, "ppo": replace(config.ppo, groups=None)}  # the number of devices may differ
        return make_flags("Finetune", cls.__doc__ or "", cls, defaults, without=FIXED_BY_AGENT)

    @classmethod
    def print_help(cls, args: Sequence[str]) -> None:
        """Print the flags and the parts to choose from, or the settings of the parts that are named."""
        from .part_help import print_help

        print_help(cls.flags(args), f"kinetix {cls.name}", args)

    def run(self) -> None:
        """Train, with a progress bar."""
        from .train import run_training

        check_folder("--out", self.out)
        if self.from_run is None:
            raise ConfigError("kinetix finetune needs the folder of a run, --from RUN, got none.")
        if not self.levels:
            raise ConfigError("kinetix finetune needs the levels to train on, --levels LEVEL ..., got none.")
        run_training(self._config, self.out, device_count=self.device_count)
        levels = " ".join(self.levels)
        print(f"Wrote {self.out}. Compare: kinetix eval {self.out} {levels} --against {self.from_run}")

    def _config(self) -> "RunConfig":
        """Return the agent's run configuration, in the smallest environment that fits the levels and its network."""
        import jax

        from kinetix_env.sources import ListCurriculum

        from ..agent import find_agent, run_config
        from ..evaluation.level_sets import find_sets
        from .flags import config_of

        before = run_config(Path(self.from_run or ""))
        setup = find_agent(str(self.from_run)).set_up(find_sets(self.levels), jax.random.key(0))
        return config_of(
            self,
            environment=setup.environment,
            observation=before.observation,
            action_space=before.action_space,
            generator=before.generator,
            curriculum=ListCurriculum(levels=self.levels),
            policy=before.policy,
            start_from=str(self.from_run),
        )
