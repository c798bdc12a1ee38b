"""Metric sinks of experiment trackers: TensorBoard (extra `tensorboard`) and Weights & Biases (extra `wandb`).

The trackers are imported when a run begins; if one is missing, its config raises `ConfigError` with what to install."""

import json
import os
import re
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from kinetix_env.errors import ConfigError, KinetixWarning

from .reading import STEP

__all__ = ["TensorBoard", "TensorBoardSink", "WandB", "WandBSink", "kept_id"]

RUN_ID = "wandb-id"  # file in a run's folder with the id of its run on the server


class TensorBoardSink:
    """Writes TensorBoard event files, a new one every time a run is resumed.

    They are written by the layer of tensorboardX below SummaryWriter, which would use a queue and a thread, so that
    metrics are on disk before `write` returns.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: Any = None
        self._start = 0  # TensorBoard discards data of earlier files from this step on
        self._closed = False

    def write(self, step: int, metrics: Mapping[str, float]) -> None:
        """Record the metrics of an environment step."""
        if self._closed:
            raise ValueError(f"The TensorBoard sink of {self._folder} is closed.")
        proto: Any = import_module("tensorboardX.proto.event_pb2")
        if self._file is None:
            self._file = self._open(proto)
        event = proto.Event(wall_time=time.time(), step=int(step))
        for name, value in metrics.items():
            event.summary.value.add(tag=name, simple_value=float(value))
        self._file.write_event(event)
        self._file.flush()

    def rewind(self, step: int) -> None:
        """Make TensorBoard discard the metrics after an environment step, as soon as others are recorded."""
        self._finish()
        self._start = int(step) + 1

    def close(self) -> None:
        """Finish; nothing is written afterwards."""
        self._finish()
        self._closed = True

    def _open(self, proto: Any) -> Any:
        self._folder.mkdir(parents=True, exist_ok=True)
        # Files are read in the order of their names, which hold the second; the suffix is for those of one second.
        writer = import_module("tensorboardX.event_file_writer").EventsWriter
        file = writer(str(self._folder / "events"), f".{time.time_ns()}")
        start = proto.SessionLog(status=proto.SessionLog.START)
        file.write_event(proto.Event(wall_time=time.time(), step=self._start, session_log=start))
        return file

    def _finish(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class WandBSink:
    """Logs to a run of Weights & Biases, which a resumed run continues.

    The environment variables of wandb, such as WANDB_MODE, say where it is logged. Metrics are plotted against the
    environment step. The server cannot delete data, so a resumed run shows the steps that it repeated twice.
    """

    def __init__(self, folder: Path) -> None:
        wandb: Any = import_module("wandb")
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / RUN_ID
        try:
            self._run = wandb.init(
                dir=str(folder),
                project=os.environ.get("WANDB_PROJECT", "kinetix"),
                name=os.environ.get("WANDB_NAME", folder.resolve().name),
                id=kept_id(kept),
                resume="allow",
                config=_settings(folder / "config.json"),
                settings=wandb.Settings(console="off"),  # a progress bar would be sent line by line
            )
        except wandb.Error as error:
            raise ConfigError(f"Weights & Biases: {error} (WANDB_MODE=offline needs no account.)") from error
        if not self._run.disabled:
            kept.write_text(f"{self._run.id}\n", encoding="utf-8")
        self._run.define_metric("*", step_metric=STEP)

    def write(self, step: int, metrics: Mapping[str, float]) -> None:
        """Record the metrics of an environment step."""
        self._run.log({name: float(value) for name, value in metrics.items()} | {STEP: int(step)})

    def close(self) -> None:
        """Send what is left; nothing is written afterwards."""
        self._run.finish()


@dataclass(frozen=True, kw_only=True)
class TensorBoard:
    """Event files for TensorBoard, in the folder `tensorboard` of a run."""

    name: ClassVar[str] = "tensorboard"

    def __post_init__(self) -> None:
        _check_installed(self.name, "tensorboardX")

    def build(self, folder: Path) -> TensorBoardSink:
        """Return a sink for the run in a folder."""
        return TensorBoardSink(folder / "tensorboard")


@dataclass(frozen=True, kw_only=True)
class WandB:
    """Weights & Biases, online or offline as its environment variables say."""

    name: ClassVar[str] = "wandb"

    def __post_init__(self) -> None:
        _check_installed(self.name, "wandb")

    def build(self, folder: Path) -> WandBSink:
        """Return a sink for the run in a folder."""
        return WandBSink(folder)


def _check_installed(sink: str, module: str) -> None:
    spec = find_spec(module)
    # a folder of the same name, such as wandb leaves where it was run, has no origin
    if spec is None or spec.origin is None:
        install = f"pip install {module} (the extra {sink!r} of kinetix-agents)"
        raise ConfigError(f"The metric sink {sink!r} needs {module}: {install}.")


def kept_id(path: Path) -> str | None:
    """Return the id in a file, to go on with that run; None, with a warning, if the file was damaged."""
    if not path.exists():
        return None
    kept = path.read_bytes().decode("utf-8", "replace").strip("\ufeff\0 \t\r\n")
    if re.fullmatch(r"[\w.-]{1,128}", kept, re.ASCII):
        return kept
    message = f"{path}: holds no id of a wandb run but {kept[:40]!r}: a new one begins."
    warnings.warn(message, KinetixWarning, stacklevel=3)
    return None


def _settings(path: Path) -> Any:
    """Return the content of a run's config.json, or None without one."""
    return json.loads(path.read_text(encoding="utf-8-sig")) if path.is_file() else None
