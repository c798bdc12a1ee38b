"""`kinetix report`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

import tyro

from kinetix_env.commands import FileToWrite, check_file, progress
from kinetix_env.errors import ConfigError

__all__ = ["Report"]

RunFolders = Annotated[tuple[Path, ...], tyro.conf.Positional, tyro.conf.arg(metavar="RUN ...")]

MOST_ATTEMPTS, MOST_CLIPS = 1_000_000, 64


@dataclass(frozen=True, kw_only=True)
class Report:
    """Write a report of one run, or a comparison of several, as a self-contained HTML file.

    For one RUN (a folder): settings, learning curves, success rates, and clips before and after training, in
    RUN/report.html. Success rates come from the run's eval.csv; if there is none, the agent is evaluated and it is
    written. For several: learning curves and final metrics, with runs that differ only in the seed averaged and given
    confidence intervals over seeds, in comparison.html next to the first RUN.
    """

    name: ClassVar[str] = "report"
    runs: RunFolders = ()
    out: FileToWrite = None  # the file to write (.html)
    attempts: int = 16  # episodes per level if there is no eval.csv (one run only)
    clips: int = 4  # number of levels shown as clips (one run only)
    seed: int = 0  # random seed of the episodes (one run only)
    device_count: int | None = None  # number of devices; by default all, or one CPU device per core

    def run(self) -> None:
        """Read the runs, evaluate if necessary, and write the page."""
        self._check()
        if len(self.runs) > 1:
            from ..report import write_comparison

            print(f"Wrote {write_comparison(self.runs, self.out)}.")
            return
        from ..report.folder import open_run

        open_run(self.runs[0])  # reports errors before devices are started
        from kinetix_env.devices import start_devices

        devices = start_devices(self.device_count)
        from ..report import write_report

        (run,) = self.runs
        settings = {"attempts": self.attempts, "clips": self.clips, "seed": self.seed}
        with progress("Evaluating and drawing"):
            written = write_report(run, self.out, devices=devices, **settings)
        print(f"Wrote {written}.")

    def _check(self) -> None:
        if not self.runs:
            raise ConfigError("kinetix report needs the folder of one or more runs, got none.")
        for name, least, most in (("attempts", 1, MOST_ATTEMPTS), ("clips", 0, MOST_CLIPS), ("seed", 0, 2**32 - 1)):
            value = getattr(self, name)
            if not least <= value <= most:
                raise ConfigError(f"--{name} must be an integer from {least} to {most}, got {value}.")
        check_file("--out", self.out, (".html", ".htm"))
