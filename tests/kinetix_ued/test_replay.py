"""The replay distribution is that of jaxued's LevelSampler; draws have it, and repeat no more than they must."""

import json
import math
import os
import subprocess
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.common.peers import NoEnvironmentError, PeerEnvironment
from kinetix_ued.replay import Replay, draw

# jaxued's top-k uses an argument of jax.nn.softmax that JAX 0.4.36 removed.
JAXUED = PeerEnvironment(needs=("jaxued==0.0.1", "jax==0.4.35", "flax==0.10.2", "chex==0.1.88"))


def cases() -> list[dict]:
    """Both prioritizations of jaxued at several settings, buffers empty but for one level, part full and full."""
    random = np.random.default_rng(7)
    found = []
    for size in (1, 7, 16):
        for staleness in (0.0, 0.3, 1.0):
            for kind, setting in (*(("rank", t) for t in (0.1, 1.0, 3.0)), *(("top-k", k) for k in (1, 5, 40))):
                score = random.normal(size=16).round(1)  # some are equal
                last_seen = random.integers(0, 9, 16)
                found.append(
                    {
                        "prioritization": kind,
                        "temperature": setting if kind == "rank" else 1.0,
                        "top_k": setting if kind == "top-k" else 1,
                        "staleness": staleness,
                        "score": [float(s) if i < size else None for i, s in enumerate(score)],
                        "last_seen": [int(s) if i < size else 0 for i, s in enumerate(last_seen)],
                        "size": size,
                        "now": int(last_seen[:size].max()) + int(random.integers(0, 2)),
                    }
                )
    return found


def ours(case: dict):
    size, score = case["size"], case["score"]
    replay = Replay(**{name: case[name] for name in ("prioritization", "temperature", "top_k", "staleness")})
    return replay.weights(
        jnp.asarray([0.0 if value is None else value for value in score]),
        jnp.asarray(case["last_seen"], jnp.int32),
        jnp.arange(len(score)) < size,
        jnp.asarray(case["now"], jnp.int32),
    )


@pytest.fixture(scope="module")
def theirs(tmp_path_factory) -> list[list[float]]:
    """The replay distribution of jaxued for each case, computed in its own environment."""
    try:
        python = JAXUED.python()
    except NoEnvironmentError as error:
        reachable = ("resolve", "connect", "network", "Could not fetch", "timed out", "Temporary failure", "dns error")
        if any(word in str(error) for word in reachable):
            pytest.skip(f"no package index can be reached for an environment with jaxued 0.0.1: {error}")
        raise
    folder = tmp_path_factory.mktemp("jaxued")
    (folder / "cases.json").write_text(json.dumps(cases()))
    worker = Path(__file__).with_name("jaxued_worker.py")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("JAX_", "PYTHON"))}
    command = [python, str(worker), str(folder / "cases.json"), str(folder / "answers.json")]
    subprocess.run(command, check=True, env=environment | {"JAX_PLATFORMS": "cpu"}, timeout=300)
    answers: list[list[float]] = json.loads((folder / "answers.json").read_text())
    return answers


def test_the_replay_distribution_is_that_of_jaxued(theirs) -> None:
    assert len(cases()) == len(theirs) == 54
    for case, answer in zip(cases(), theirs, strict=True):
        np.testing.assert_allclose(ours(case), answer, rtol=2e-5, atol=1e-7, err_msg=str(case))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_proportional_weights_are_powers_of_the_scores(temperature: float) -> None:
    score = np.array([0.5, 3.0, -2.0, 0.0, 1e30, 7.0], np.float32)
    filled = np.array([True, True, True, True, False, True])
    replay = Replay(prioritization="proportional", temperature=temperature, staleness=0.0)
    power = np.where(filled, np.maximum(score, 0), 0) ** (1 / temperature)
    found = replay.by_score(jnp.asarray(score), jnp.asarray(filled))
    np.testing.assert_allclose(found, power / power.sum(), rtol=1e-5)


def test_proportional_weights_are_uniform_without_positive_scores() -> None:
    replay = Replay(prioritization="proportional")
    found = replay.by_score(jnp.asarray([0.0, -1.0, 5.0]), jnp.asarray([True, True, False]))
    np.testing.assert_allclose(found, [0.5, 0.5, 0])


drawn = jax.jit(draw, static_argnums=2)


@given(st.lists(st.integers(0, 9), min_size=6, max_size=6).filter(any), st.integers(0, 99))
@settings(max_examples=60)
def test_every_slot_is_drawn_as_often_as_its_weight_says_rounded_up_or_down(weights, seed) -> None:
    share = np.array(weights) / sum(weights)
    slots = np.asarray(drawn(jax.random.key(seed), jnp.asarray(share, jnp.float32), 20))
    counts = np.bincount(slots, minlength=6)
    assert len(slots) == 20 == counts.sum() and len(counts) == 6
    for count, wanted in zip(counts, 20 * share, strict=True):
        assert math.floor(wanted - 1e-4) <= count <= math.ceil(wanted + 1e-4)
        assert wanted > 0 or count == 0


def test_every_position_is_drawn_with_the_given_probabilities() -> None:
    share = jnp.asarray([0.05, 0.5, 0.0, 0.45])
    slots = jax.vmap(lambda key: drawn(key, share, 3))(jax.random.split(jax.random.key(0), 4096))
    for place in range(3):
        found = np.bincount(np.asarray(slots)[:, place], minlength=4) / 4096
        assert np.abs(found - np.asarray(share)).max() < 0.04  # five standard deviations of a mean of 4096
