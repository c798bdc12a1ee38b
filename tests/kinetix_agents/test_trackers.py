"""Metrics written to TensorBoard and Weights & Biases are read back unchanged."""

import json
import math
import struct
import sys
from pathlib import Path

import pytest

from kinetix_agents.metrics.trackers import TensorBoard, WandB, kept_id
from kinetix_env.errors import ConfigError
from kinetix_env.plugins import registry

pytestmark = pytest.mark.versions


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """What TensorBoard shows of a run: steps and values by name."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = EventAccumulator(str(folder / "tensorboard")).Reload()
    return {name: [(event.step, event.value) for event in found.Scalars(name)] for name in found.Tags()["scalars"]}


def test_tensorboard_metrics_are_flushed_before_close(tmp_path):
    sink = TensorBoard().build(tmp_path / "run")
    sink.write(64, {"loss": 0.5, "solve_rate": 0.25})
    sink.write(128, {"loss": math.nan, "late": 3.0})
    found = scalars(tmp_path / "run")
    assert found["solve_rate"] == [(64, 0.25)] and found["late"] == [(128, 3.0)]
    assert found["loss"][0] == (64, 0.5) and found["loss"][1][0] == 128 and math.isnan(found["loss"][1][1])
    sink.close()
    with pytest.raises(ValueError, match="closed"):
        sink.write(192, {"loss": 0.5})


def test_tensorboard_drops_steps_after_the_resumed_one(tmp_path):
    sink = TensorBoard().build(tmp_path)
    sink.rewind(0)  # as a new run does
    for step in (1, 2, 3):
        sink.write(step, {"loss": float(step)})
    sink.close()
    sink = TensorBoard().build(tmp_path)
    sink.rewind(2)
    assert scalars(tmp_path)["loss"] == [(1, 1.0), (2, 2.0), (3, 3.0)]  # nothing has come in its place
    sink.write(3, {"loss": 30.0})
    sink.write(4, {"loss": 40.0})
    sink.rewind(3)
    sink.write(4, {"loss": 41.0})
    sink.close()
    assert scalars(tmp_path)["loss"] == [(1, 1.0), (2, 2.0), (3, 30.0), (4, 41.0)]


@pytest.fixture
def wandb_again():
    """wandb looks at its environment variables once in a session: end that of this test, and its process."""
    import wandb

    yield
    wandb.teardown()


BLOCK, HEAD, RECORD = 32768, 7, struct.Struct("<IHB")  # the log format of LevelDB, after a header of wandb's own


def records(path: Path) -> list:
    """The records of a .wandb file; none of them is cut in two, for the file is less than a block."""
    from wandb.proto.wandb_internal_pb2 import Record

    data, found = path.read_bytes(), []
    assert data[:4] == b":W&B" and len(data) < BLOCK
    at = HEAD
    while at < len(data):
        _, size, kind = RECORD.unpack_from(data, at)
        assert kind == 1  # whole
        at += RECORD.size
        found.append(Record.FromString(data[at : at + size]))
        at += size
    return found


def test_weights_and_biases_offline_stores_metrics_and_configuration(tmp_path, monkeypatch, wandb_again):
    import wandb

    monkeypatch.setenv("WANDB_MODE", "offline")
    run = tmp_path / "first"
    run.mkdir()
    (run / "config.json").write_text('{"seed": 7, "policy": {"name": "set-mlp"}}')
    for steps in ((64, 128), (192,)):  # the second time as a run that is resumed
        sink = WandB().build(run)
        for step in steps:
            sink.write(step, {"loss": step / 256, "solve_rate": 0.5})
        sink.close()
        wandb.teardown()  # as at the end of a process: only then all of it is on disk
    written, runs = [], []
    for path in (run / "wandb").glob("offline-run-*/*.wandb"):
        for record in records(path):
            if record.HasField("history"):
                items = {item.key or item.nested_key[0]: json.loads(item.value_json) for item in record.history.item}
                written.append({name: items[name] for name in ("step", "loss", "solve_rate")})
            if record.HasField("run"):
                runs.append(record.run)
    assert sorted(written, key=lambda row: row["step"]) == [
        {"step": step, "loss": step / 256, "solve_rate": 0.5} for step in (64, 128, 192)
    ]
    assert {(one.project, one.display_name) for one in runs} == {("kinetix", "first")}
    assert {one.run_id for one in runs} == {(run / "wandb-id").read_text().strip()}
    config = {item.key: json.loads(item.value_json) for item in runs[0].config.update}
    assert config["seed"] == 7 and config["policy"] == {"name": "set-mlp"}
    with pytest.raises(Exception, match="finished"):
        sink.write(256, {"loss": 0.0})


def test_weights_and_biases_without_an_account_is_a_one_line_error(tmp_path, monkeypatch, wandb_again):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("WANDB_MODE", "online")
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    with pytest.raises(ConfigError, match=r"^Weights & Biases: .*WANDB_MODE=offline"):
        WandB().build(tmp_path / "run")


@pytest.mark.parametrize(("name", "module"), [("tensorboard", "tensorboardX"), ("wandb", "wandb")])
def test_a_sink_without_its_extra_names_what_to_install(name, module, monkeypatch):
    assert registry().metric_sinks[name]().name == name
    monkeypatch.setitem(sys.modules, module, None)  # as if it were not there
    with pytest.raises(
        ConfigError, match=rf"needs {module}: pip install {module} \(the extra '{name}' of kinetix-agents\)"
    ):
        registry().metric_sinks[name]()


def test_a_leftover_wandb_folder_is_not_taken_for_the_package(tmp_path, monkeypatch):
    (tmp_path / "wandb").mkdir()
    monkeypatch.delitem(sys.modules, "wandb", raising=False)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(ConfigError, match="needs wandb"):
        WandB()


def test_a_damaged_run_id_starts_a_new_run_with_a_warning(tmp_path):
    path = tmp_path / "wandb-id"
    assert kept_id(path) is None
    path.write_bytes(b"\xef\xbb\xbfabc-12\r\n\0\0")
    assert kept_id(path) == "abc-12"
    for content in (b"", b"\0" * 8, b"two words", b"\xff\xfe"):
        path.write_bytes(content)
        with pytest.warns(UserWarning, match="holds no id of a wandb run"):
            assert kept_id(path) is None
