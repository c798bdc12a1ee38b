"""Agents in the file format of Kinetix 3. `agent/` is one with random weights, written by Kinetix itself
(scripts/record_transformer.py), with its outputs for a hundred observations."""

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
    """A copy of the published agent that a test may modify."""
    copy = tmp_path / "agent"
    shutil.copytree(AGENT, copy)
    return copy


def told(folder: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_published(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_outputs_equal_the_original_on_a_hundred_observations() -> None:
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


def test_all_floating_point_types_are_read(tmp_path: Path) -> None:
    values = np.array([[1.0, -2.5, 0.0], [1e3, 0.125, -0.5]])
    types = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "BF16": jnp.bfloat16}
    for kind, dtype in types.items():
        written(tmp_path / "a", {"a": values.astype(dtype), "none": np.zeros((0, 3), dtype)}, kind)
        found = read_tensors(tmp_path / "a")
        assert found["a"].dtype == np.float32 and found["none"].shape == (0, 3)
        np.testing.assert_array_equal(found["a"], values.astype(dtype).astype(np.float32))


def test_a_published_agent_can_be_evaluated_and_trained_further() -> None:
    setup = find_agent(str(AGENT)).set_up(find_sets(["suite:s"]), jax.random.key(0))
    assert setup.environment.name == "kinetix-s"
    config = run_config(AGENT)
    assert (config.policy, config.action_space) == (load_published(AGENT).policy, MultiDiscrete())
    assert config.ppo.learning_rate == 5e-5 and config.environment.name == "kinetix-l"


def test_missing_files_are_named(folder: Path, tmp_path: Path, capsys: Any) -> None:
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
def test_configurations_of_other_networks_are_refused(model: Any, expected: str, folder: Path) -> None:
    path = folder / "config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps({"model": model if model is None else {**config["model"], **model}}))
    assert expected in told(folder)


def test_missing_extra_and_misshapen_weights_are_refused(folder: Path) -> None:
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


def test_malformed_safetensors_files_are_refused(folder: Path) -> None:
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


def test_without_safetensors_the_error_names_the_extra(tmp_path: Path) -> None:
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


def entry(**changed: Any) -> dict[str, Any]:
    return {"a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16], **changed}}


HOSTILE: dict[str, tuple[Any, bytes, int | None]] = {  # a header, the numbers, and the length that the file claims
    "a length beyond the file": (entry(), b"", 2**63),
    "the longest length": (entry(), b"", 2**64 - 1),
    "a list": ([], b"", None),
    "deep brackets": (b"[" * 100_000, b"", None),
    "no text": (b"\xff\xfe", b"", None),
    "a negative shape": (entry(shape=[-2, -2]), b"0" * 16, None),
    "an overflowing shape": (entry(shape=[2**62, 2**62]), b"0" * 16, None),
    "an empty array of a huge shape": (entry(shape=[0, 2**62], data_offsets=[0, 0]), b"", None),
    "a hundred axes": (entry(shape=[1] * 100, data_offsets=[0, 4]), b"0000", None),
    "overlapping offsets": ({**entry(), "b": entry()["a"]}, b"0" * 16, None),
    "offsets in reverse": (entry(data_offsets=[16, 0]), b"0" * 16, None),
    "fractional offsets": (entry(data_offsets=[0.5, 16]), b"0" * 16, None),
    "a hole": (entry(data_offsets=[16, 32]), b"0" * 32, None),
    "fewer numbers": (entry(), b"0" * 8, None),
    "more numbers": (entry(), b"0" * 32, None),
    "integers": (entry(dtype="I32"), b"0" * 16, None),
    "an unknown type": (entry(dtype="F99"), b"0" * 16, None),
    "no type": (entry(dtype=None), b"0" * 16, None),
    "complex numbers": (entry(dtype="C64", shape=[2]), b"0" * 16, None),
    "no shape": ({"a": {"dtype": "F32", "data_offsets": [0, 16]}}, b"0" * 16, None),
    "infinite numbers": (entry(), b"\x00\x00\x80\x7f" * 4, None),
    "no numbers": (entry(), b"\xff" * 16, None),
}


def with_header(header: Any, numbers: bytes, length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + numbers


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_are_refused_in_one_line(case: str, tmp_path: Path) -> None:
    path = tmp_path / "params.safetensors"
    path.write_bytes(with_header(*HOSTILE[case]))
    with pytest.raises(ConfigError) as caught:
        read_tensors(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: ") and text.isprintable() and len(text) < len(str(path)) + 600


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"transformer_depth": 10**9}, "transformer_depth must be at most 4096, got 1000000000."),
        ({"actor_width": 10**400, "critic_width": 10**400}, "actor_width must be at most 4096, got 1000"),
        ({"legacy_entity_id": "yes"}, "Transformer.legacy_kinds must be True or False"),
        ({"num_heads": None, "transformer_size": []}, "Transformer.attention must be an integer"),
    ],
)
def test_hostile_configurations_are_refused_in_one_line(changed: Any, expected: str, folder: Path) -> None:
    path = folder / "config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps({"model": {**config["model"], **changed}}))
    assert expected in told(folder)
    path.write_text("[" * 100_000)
    assert 'whose "model" is an object' in told(folder)


def test_weights_without_axes_or_with_one_path_twice_are_refused(folder: Path) -> None:
    path = folder / "params.safetensors"
    weights = read_tensors(path)
    written(path, {**weights, "params/GeneralActorCriticRNN_0/Dense_0/bias": np.zeros((), np.float32)})
    assert "must have one of these lengths" in told(folder) and "got ()." in told(folder)
    written(path, {**weights, QUERY.replace("/", ","): weights[QUERY]})
    assert "have the same path" in told(folder)


@pytest.mark.parametrize("rounds", [200, pytest.param(10_000, marks=pytest.mark.soak)])
def test_damaged_files_load_or_are_refused_in_one_line(rounds: int, tmp_path: Path) -> None:
    """Bits of the header flipped, bytes of it exchanged, and files cut off, at random."""
    whole, path, draw = (AGENT / "params.safetensors").read_bytes(), tmp_path / "a", np.random.default_rng(7)
    header = 8 + int.from_bytes(whole[:8], "little")
    refused = 0
    for _ in range(rounds):
        data = bytearray(whole)
        for _ in range(draw.integers(1, 4)):
            data[draw.integers(header)] = draw.choice([*b'"{}[],:-0129\\x', draw.integers(256)])
        path.write_bytes(data[: len(data) if draw.random() < 0.8 else draw.integers(len(data))])
        try:
            read_tensors(path)
        except ConfigError as error:
            assert str(error).startswith(f"{path}: ") and str(error).isprintable()
            refused += 1
    assert refused > rounds / 2
