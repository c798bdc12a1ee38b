"""Agents in the files that Kinetix 3 publishes them in. `agent/` is one, with random weights, that its own function
wrote (scripts/record_transformer.py), and what it gives for a hundred observations."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_agents import load_published
from kinetix_agents.agent import find_agent, load_agent, run_config
from kinetix_agents.evaluation.level_sets import find_sets
from kinetix_agents.policies.transformer import Transformer
from kinetix_agents.published.tensors import read_tensors
from kinetix_env.cli.main import main
from kinetix_env.errors import ConfigError
from kinetix_env.observations import Entities
from kinetix_env.task import MultiDiscrete
from tests.kinetix_agents.transformer.test_published import normalised

pytestmark = pytest.mark.versions

AGENT = Path(__file__).with_name("agent")
QUERY = "params/Transformer_0/tf_layers_0/attention1/query/kernel"


def written(path: Path, arrays: dict[str, np.ndarray], kind: str = "F32") -> None:
    """A file in the format safetensors."""
    header, numbers = {}, b""
    for name, array in arrays.items():
        start, numbers = len(numbers), numbers + array.tobytes()
        header[name] = {"dtype": kind, "shape": array.shape, "data_offsets": [start, len(numbers)]}
    text = json.dumps({"__metadata__": {"by": "us"}, **header}).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + numbers)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the agent, to spoil."""
    copy = tmp_path / "agent"
    shutil.copytree(AGENT, copy)
    return copy


def told(folder: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_published(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_it_acts_as_the_original_on_a_hundred_observations() -> None:
    agent = load_agent(AGENT)
    assert agent.action_space == MultiDiscrete()
    assert agent.policy == Transformer(
        style="published", layers=2, width=16, heads=8, attention=16, head_depth=5, head_width=16, legacy_kinds=True
    )
    with np.load(AGENT / "outputs.npz") as file:
        recorded = {name: file[name] for name in file.files}
    obs = jax.vmap(lambda one: Entities(**one))(
        {name[4:]: jnp.asarray(array) for name, array in recorded.items() if name.startswith("obs/")}
    )
    policy = agent.make_policy(agent.make_env("kinetix-m"))
    _, actions, values = jax.jit(policy.apply)(agent.params, (), obs, jnp.zeros(100, bool))
    # float32 sums in another order; logits and values are up to 4
    np.testing.assert_allclose(normalised(actions.logits), recorded["logits"], atol=1e-5)
    np.testing.assert_allclose(values, recorded["values"], atol=1e-5)


def test_numbers_of_all_types_are_read(tmp_path: Path) -> None:
    values = np.array([[1.0, -2.5, 0.0], [1e3, 0.125, -0.5]])
    types = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "BF16": jnp.bfloat16}
    for kind, dtype in types.items():
        written(tmp_path / "a", {"a": values.astype(dtype), "none": np.zeros((0, 3), dtype)}, kind)
        found = read_tensors(tmp_path / "a")
        assert found["a"].dtype == np.float32 and found["none"].shape == (0, 3)
        np.testing.assert_array_equal(found["a"], values.astype(dtype).astype(np.float32))


def test_it_plays_where_other_agents_play_and_may_go_on_learning() -> None:
    setup = find_agent(str(AGENT)).set_up(find_sets(["suite:s"]), jax.random.key(0))
    assert setup.environment.name == "kinetix-s"
    config = run_config(AGENT)
    assert (config.policy, config.action_space) == (load_published(AGENT).policy, MultiDiscrete())
    assert config.ppo.learning_rate == 5e-5 and config.environment.name == "kinetix-l"


def test_files_that_are_not_there(folder: Path, tmp_path: Path, capsys: Any) -> None:
    assert "there is no params.safetensors in it" in told(tmp_path)
    (folder / "config.json").unlink()
    assert "there is no config.json in it" in told(folder)
    assert main(["eval", str(folder), "suite:s/hover"]) == 2
    assert "there is no config.json in it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (None, 'whose "model" is an object'),
        ({"recurrent_model": True}, "recurrent_model must be False, as published, got True."),
        ({"aggregate_mode": "mean"}, "aggregate_mode must be 'dummy_and_mean', as published, got 'mean'."),
        ({"critic_depth": 4}, "critic_depth must be equal to actor_depth, got 4."),
        ({"num_heads": 6}, "Transformer.attention must be a multiple of its 6 heads, got 16."),
        ({"transformer_depth": "two"}, "Transformer.layers must be an integer of at least 1, got 'two'."),
        ({"transformer_depth": 3}, "lacks Transformer_0/joint_layers_2/bias, "),
        ({"transformer_depth": 1}, "has no use for Transformer_0/joint_layers_1/bias, "),
        ({"num_heads": 4}, "out/kernel has the shape (8, 2, 16) and must have (4, 4, 16)"),
    ],
)
def test_configurations_that_do_not_fit(model: Any, expected: str, folder: Path) -> None:
    path = folder / "config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps({"model": model if model is None else {**config["model"], **model}}))
    assert expected in told(folder)


def test_weights_that_do_not_fit(folder: Path) -> None:
    path = folder / "params.safetensors"
    weights = read_tensors(path)
    written(path, {name: array for name, array in weights.items() if name != QUERY})
    assert "config.json lacks Transformer_0/tf_layers_0/attention1/query/kernel." in told(folder)
    written(path, {**weights, "params/GRUCell_0/bias": np.zeros(3, np.float32)})
    assert "config.json has no use for GRUCell_0/bias." in told(folder)
    written(path, {**weights, QUERY: weights[QUERY][:, :, :1]})
    assert "query/kernel has the shape (16, 8, 1) and must have (16, 8, 2)." in told(folder)
    written(path, {**weights, "params/GeneralActorCriticRNN_0/Dense_0/bias": np.zeros(5, np.float32)})
    assert "must have one of these lengths: 16 (multi-discrete), 11 (discrete), 6 (continuous), got (5,)." in told(
        folder
    )


def test_files_in_no_order(folder: Path) -> None:
    path = folder / "params.safetensors"
    whole = path.read_bytes()
    for content, expected in (
        (b"", "is not a whole safetensors file"),
        (whole[:500], "is not a whole safetensors file"),
        (whole[:-1], "is not a whole safetensors file"),
        (b"\x02\0\0\0\0\0\0\0[]", "invalid JSON in header"),
        (b"\x02\0\0\0\0\0\0\0{a", "invalid JSON in header"),
        (whole.replace(b'"F32"', b'"I32"', 1), "must be of a type among F64, F32, F16, BF16, got 'I32'"),
        (whole.replace(b'"dtype"', b'"ctype"', 1), "missing field `dtype`"),
    ):
        path.write_bytes(content)
        assert expected in told(folder)


def test_without_the_library_the_extra_is_named(tmp_path: Path) -> None:
    """In a process that cannot import safetensors, as if it were not installed."""
    program = f"""
import sys
sys.modules["safetensors"] = None
from pathlib import Path
from kinetix_agents.published.tensors import read_tensors
read_tensors(Path({str(tmp_path)!r}) / "params.safetensors")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "pip install safetensors (the extra 'published' of kinetix-agents)" in done.stderr
