"""A run that an earlier version saved can be resumed, and its agent loaded."""

import tarfile
from pathlib import Path

import jax
import numpy as np
import pytest

from kinetix_agents.agent import load_agent
from kinetix_agents.training import Checkpoints
from kinetix_agents.training.build import build_ppo
from kinetix_agents.training.config import read_config

pytestmark = pytest.mark.versions

SAVED = Path(__file__).parent / "saved" / "run-agents-0.1.0.tar.xz"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    with tarfile.open(SAVED) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.mark.filterwarnings("ignore:.*other versions")
def test_training_state_and_agent_of_an_earlier_version_are_restored(saved: Path) -> None:
    config = read_config(saved / "config.json")
    ppo = build_ppo(config)
    checkpoints = Checkpoints(saved / "checkpoints", read_only=True)
    update, state, seconds = checkpoints.restore_state(ppo.state_like())
    checkpoints.close()
    assert update == state.updates == 3 and seconds > 0
    # three updates of 4 steps: each environment has taken 12 steps, or has started an episode since
    time = np.asarray(state.rows.state.time)
    assert time.shape == (config.ppo.envs,) and (state.rows.begins == (time == 0)).all()
    levels = state.rows.state.level
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves((state.params, levels, state.rows.obs)))
    agent = load_agent(saved)
    assert jax.tree.all(jax.tree.map(lambda a, b: np.array_equal(a, b), agent.params, state.params))
    shapes = jax.eval_shape(agent.make_policy(agent.make_env()).init, jax.random.key(0))
    assert jax.tree.map(np.shape, agent.params) == jax.tree.map(lambda leaf: leaf.shape, shapes)
