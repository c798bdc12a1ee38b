"""`kinetix finetune`."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from tyro.conf import arg

from kinetix_env.errors import ConfigError

if TYPE_CHECKING:
    from ..training.config import RunConfig

__all__ = ["Finetune"]

STEPS = 2_000_000  # by default
DECIDED = (
    "environment",
    "observation",
    "action_space",
    "generator",
    "curriculum",
    "policy",
    "start_from",
)  # no flags of their own


@dataclass(frozen=True, kw_only=True)
class Finetune:
    """Let a trained agent go on learning on some levels, in a new run.

    It starts with what the agent of --from knows and with that run's settings, which flags change. The levels are
    played in turn. --from may also be the folder of an agent that Kinetix 3 published. A run that was interrupted goes
    on by `kinetix train --resume --out FOLDER`, as every run does.
    """

    name: ClassVar[str] = "finetune"
    from_run: Annotated[
        Path | None, arg(name="from", help="the folder of the run, or of the published agent, that is to go on")
    ] = None
    levels: Annotated[tuple[str, ...], arg(help="files, folders, suite:SPLIT[/NAME], held-out:SIZE")] = ()
    out: Annotated[Path, arg(help="the new run's folder")] = Path("runs/finetune")
    device_count: Annotated[int | None, arg(help="devices to use; by default all, or one for each CPU core")] = None

    @classmethod
    def flags(cls, args: Sequence[str]) -> type[Any]:
        """The class to parse: these flags, and those of a run that an agent does not decide."""
        from ..agent import run_config
        from ..training.config import RunConfig
        from .flags import make_flags, value_of

        defaults: dict[str, Any] = {"steps": STEPS}
        run = value_of("--from", args)
        if run is not None:
            config = run_config(Path(run))
            defaults |= {part.name: getattr(config, part.name) for part in fields(RunConfig) if part.name != "steps"}
            defaults |= {"minutes": None, "ppo": replace(config.ppo, groups=None)}  # perhaps on other devices
        return make_flags("Finetune", cls.__doc__ or "", cls, defaults, without=DECIDED)

    def run(self) -> None:
        """Train, with a bar that tells how far it is."""
        from .train import run_training

        if self.from_run is None:
            raise ConfigError("kinetix finetune takes the folder of a run, --from RUN, got none.")
        if not self.levels:
            raise ConfigError("kinetix finetune takes the levels to learn, --levels LEVEL ..., got none.")
        run_training(self._config, self.out, device_count=self.device_count)
        levels = " ".join(self.levels)
        print(f"Wrote {self.out}. Compare: kinetix eval {self.out} {levels} --against {self.from_run}")

    def _config(self) -> "RunConfig":
        """That of the agent's run, in the smallest environment that holds the levels and suits its network."""
        import jax

        from kinetix_env.sources import ListCurriculum

        from ..agent import run_config
        from ..evaluation.contestants import find_contestant
        from ..evaluation.level_sets import find_sets
        from .flags import config_of

        before = run_config(Path(self.from_run or ""))
        arena = find_contestant(str(self.from_run)).enter(find_sets(self.levels), jax.random.key(0))
        return config_of(
            self,
            environment=arena.environment,
            observation=before.observation,
            action_space=before.action_space,
            generator=before.generator,
            curriculum=ListCurriculum(levels=self.levels),
            policy=before.policy,
            start_from=str(self.from_run),
        )
