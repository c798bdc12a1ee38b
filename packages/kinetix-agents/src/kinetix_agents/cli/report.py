"""`kinetix report`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

import tyro

from kinetix_env.commands import FileToWrite
from kinetix_env.errors import ConfigError

__all__ = ["Report"]

RunFolders = Annotated[tuple[Path, ...], tyro.conf.Positional, tyro.conf.arg(metavar="RUN ...")]

MOST_ATTEMPTS, MOST_CLIPS = 1_000_000, 64


@dataclass(frozen=True, kw_only=True)
class Report:
    """Write what a run came to, or several, into one HTML file that needs no other.

    Of one RUN, a folder: settings, learning curves, how often it solves levels, clips before and after training, in
    RUN/report.html. The run's eval.csv is taken if there is one; otherwise the agent plays, and eval.csv is written.
    Of several: curves and final figures, those that differ in the seed alone as one with intervals over seeds, in
    comparison.html beside the first RUN.
    """

    name: ClassVar[str] = "report"
    runs: RunFolders = ()
    out: FileToWrite = None  # the page (.html)
    attempts: int = 16  # at each level, where there is no eval.csv; of one run
    clips: int = 4  # how many levels are shown on film; of one run
    seed: int = 0  # of what is played; of one run
    device_count: int | None = None  # devices to use; all of them, or as many CPU devices as there are cores

    def run(self) -> None:
        """Read, play if need be, write the page."""
        self._check()
        if len(self.runs) > 1:
            from ..report import write_comparison

            print(f"Wrote {write_comparison(self.runs, self.out)}.")
            return
        from ..report.folder import open_run

        open_run(self.runs[0])  # says what is wrong before devices are started
        from ..training.cache import keep_compiled_programs

        keep_compiled_programs()
        from kinetix_env.devices import start_devices

        devices = start_devices(self.device_count)
        from ..report import write_report

        (run,) = self.runs
        settings = {"attempts": self.attempts, "clips": self.clips, "seed": self.seed}
        print(f"Wrote {write_report(run, self.out, devices=devices, **settings)}.")

    def _check(self) -> None:
        if not self.runs:
            raise ConfigError("kinetix report takes the folder of a run, or of several, got none.")
        for name, least, most in (("attempts", 1, MOST_ATTEMPTS), ("clips", 0, MOST_CLIPS), ("seed", 0, 2**32 - 1)):
            value = getattr(self, name)
            if not least <= value <= most:
                raise ConfigError(f"--{name} must be an integer from {least} to {most}, got {value}.")
        if self.out is not None:
            if self.out.suffix.lower() not in (".html", ".htm"):
                raise ConfigError(f"--out must be a file whose name ends in .html, got {str(self.out)!r}.")
            if not self.out.parent.is_dir():
                raise ConfigError(f"--out: the folder {str(self.out.parent)!r} does not exist.")
