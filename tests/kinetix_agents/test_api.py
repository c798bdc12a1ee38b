"""The Python interface: its documentation runs as printed, and invalid arguments are refused before compilation."""

import os
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from kinetix_agents import PPOConfig, RunConfig, load_agent, open_run, train
from kinetix_agents.agent import Agent
from kinetix_agents.policies.set_mlp import SetMLP
from kinetix_agents.training.progress import Report
from kinetix_env.environments import KinetixS
from kinetix_env.errors import ConfigError, LevelError, UnknownNameError
from kinetix_env.level import empty_level
from kinetix_env.sources import ListCurriculum, find_levels
from kinetix_env.task import MultiDiscrete
from scripts.readme_example import python_blocks

PAGE = Path(__file__).parents[2] / "docs" / "python.md"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A folder in which the page was run, and the names that it leaves."""
    folder, home = tmp_path_factory.mktemp("page"), Path.cwd()
    names: dict[str, Any] = {"__name__": "__main__"}
    os.chdir(folder)
    try:
        for block in python_blocks(PAGE):
            exec(block, names)
    finally:
        os.chdir(home)
    return folder, names


@pytest.mark.slow
def test_the_examples_of_the_page_train_and_evaluate_an_agent(page: tuple[Path, dict[str, Any]]) -> None:
    folder, names = page
    assert len(names["run"].metrics) == 2048 // (32 * 16)
    found = names["found"]
    assert [row["level"] for row in found.rows] == ["hover", "clock-hand"]
    assert [row["attempts"] for row in found.rows] == [8, 8]
    solved = np.mean([result.evaluation.solved.mean() for result in found.results])
    assert found.solve_rate.mean == pytest.approx(solved)
    text, page_of_it = repr(found), found._repr_html_()
    assert all(name in text and name in page_of_it for name in ("suite:s/hover", "suite:s/clock-hand", "all"))
    found.to_csv(folder / "eval.csv")
    assert len((folder / "eval.csv").read_text().splitlines()) == 3
    assert (folder / "hover.gif").read_bytes()[:3] == b"GIF"
    assert names["recording"].name == "hover" and 1 <= names["recording"].steps <= 256


@pytest.mark.slow
def test_batched_actions_equal_actions_row_by_row(page: tuple[Path, dict[str, Any]]) -> None:
    names = page[1]
    action, actions = np.asarray(names["action"]), np.asarray(names["actions"])
    assert actions.shape == (2, *action.shape)
    np.testing.assert_array_equal(actions, np.stack([action, action]))


@pytest.mark.slow
def test_the_recording_is_the_first_attempt_of_an_evaluation(page: tuple[Path, dict[str, Any]]) -> None:
    names = page[1]
    found = names["agent"].evaluate("suite:s/hover", attempts=8, seed=1)
    first = found.results[0].evaluation
    assert names["recording"].steps == first.length[0, 0]
    assert (names["recording"].ending == "solved") == first.solved[0, 0]


def agent(policy: Any = None) -> Agent:
    chosen = SetMLP(width=8, trunk=8) if policy is None else policy
    built = Agent(environment=KinetixS(), policy=chosen, action_space=MultiDiscrete(), params=())
    params = jax.eval_shape(built.make_policy(built.make_env()).init, jax.random.key(0))
    zeros = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), params)
    return Agent(environment=KinetixS(), policy=chosen, action_space=MultiDiscrete(), params=zeros)


def observation(trained: Agent) -> Any:
    env = trained.make_env()
    return env.reset(jax.random.key(0), empty_level(env.engine.capacity))[0]


def test_an_actor_keeps_the_carry_between_steps() -> None:
    recurrent = agent(SetMLP(width=8, trunk=8, recurrent=True))
    obs = observation(recurrent)
    with pytest.raises(ConfigError, match=r"has a memory: use Agent\.actor"):
        recurrent.act(obs)
    actor = recurrent.actor()
    assert actor.remembers and not agent().actor().remembers
    assert actor(obs).shape == recurrent.make_env().action_space.shape


def test_observations_of_another_structure_are_refused() -> None:
    trained = agent()
    obs = observation(trained)
    with pytest.raises(ConfigError, match="Actor: an observation must have the structure"):
        trained.act((obs,))
    with pytest.raises(ConfigError, match="or these with a batch axis in front"):
        trained.act(jax.tree.map(lambda leaf: leaf[None, None], obs))


def test_the_repr_of_an_agent_is_one_line() -> None:
    assert repr(agent()) == f"<Agent agent: set-mlp, {agent_size(agent()):,} parameters, trained in kinetix-s>"


def agent_size(trained: Agent) -> int:
    return sum(leaf.size for leaf in jax.tree.leaves(trained.params))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"policy": "set-mpl"}, UnknownNameError, "Did you mean 'set-mlp'"),
        ({"policy": SetMLP}, ConfigError, "policy must be a registered name or a config of one"),
        ({"curriculum": "plrr"}, UnknownNameError, "Did you mean 'plr'"),
        ({"ppo": {"env": 4}}, ConfigError, "No setting of ppo called 'env'. Did you mean 'envs'"),
        ({"ppo": {"envs": 0}}, ConfigError, "PPOConfig.envs"),
        ({"minutes": 1.0, "steps": 100}, ConfigError, "give steps or minutes, got both"),
        ({"stpes": 1}, ConfigError, "Did you mean 'steps'"),
        ({"seed": -1}, ConfigError, "RunConfig.seed"),
        ({"devices": 0}, ConfigError, "at least 1, got 0"),
        ({"resume": True}, ConfigError, "is not the folder of a run"),
    ],
)
def test_invalid_settings_are_refused_before_a_folder_is_made(
    tmp_path: Path, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        train(tmp_path / "run", **arguments)
    assert not (tmp_path / "run").exists()


def test_a_folder_that_holds_no_run_is_refused(tmp_path: Path) -> None:
    for open_it in (open_run, load_agent):
        with pytest.raises(ConfigError, match="is not the folder of a run"):
            open_it(str(tmp_path))


def test_playing_a_reference_of_several_levels_is_refused() -> None:
    with pytest.raises(LevelError, match="suite:s names 10 levels; name one of them, such as suite:s/"):
        agent().play("suite:s")


@pytest.mark.slow
def test_an_earlier_configuration_is_changed_and_progress_is_reported(tmp_path: Path) -> None:
    """The same program as the tests of training compile."""
    config = RunConfig(
        curriculum=ListCurriculum(levels=("suite:s",)),
        ppo=PPOConfig(envs=8, steps=4, epochs=1, minibatches=2),
        minutes=1.0,
    )
    reports: list[Report] = []
    run = train(tmp_path / "run", config, steps=60, ppo={"learning_rate": 1e-3}, progress=reports.append)
    assert run.config.minutes is None and run.config.ppo.learning_rate == 1e-3 and run.config.ppo.envs == 8
    assert [report.steps for report in reports] == [32, 64] == [row["step"] for row in run.metrics]
    assert [report.done for report in reports] == [32 / 60, 1.0]  # the last update goes beyond the end
    assert repr(run) == f"<Run {tmp_path / 'run'}: set-mlp in kinetix-s, curriculum list, seed 0>"
    again = train(tmp_path / "run", resume=True, progress=False)
    assert again.config == run.config and len(again.metrics) == 2


def test_levels_and_references_are_evaluated_together() -> None:
    from kinetix_agents.evaluation.level_sets import sets_of

    named = find_levels("suite:s/hover")[0]
    sets = sets_of(["suite:s/clock-hand", named])
    assert [(one.name, len(one.levels)) for one in sets] == [("suite:s/clock-hand", 1), ("hover", 1)]
