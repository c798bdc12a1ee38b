"""`kinetix eval`: output, files, the choice of environments, and errors."""

import csv
import re
from dataclasses import dataclass
from typing import ClassVar

import jax
import jax.numpy as jnp
import pytest

from jax2d import SceneBuilder
from kinetix_agents.agent import find_agent
from kinetix_agents.distributions import head_of
from kinetix_agents.evaluation import LevelSet, find_sets
from kinetix_agents.evaluation.agents import EvalAgent
from kinetix_agents.evaluation.tables import COLUMNS
from kinetix_agents.policies.baselines import Uniform
from kinetix_env import Role
from kinetix_env.cli.main import main
from kinetix_env.environments import KinetixM, KinetixS
from kinetix_env.errors import ConfigError, LevelError
from kinetix_env.level import SIZES
from kinetix_env.levels import NamedLevel, save
from kinetix_env.task import Discrete
from tests.kinetix_agents.evaluation import arena
from tests.kinetix_env.episodes import level as with_roles

pytestmark = pytest.mark.versions

KNOWN = {"coin": arena.coin, "endless": arena.endless, "lost": arena.lost, "sure": lambda: arena.solved_at(1)}


def named(name, size, level=None):
    """A level of a size, with as many boxes as it can hold."""
    if level is None:
        builder = SceneBuilder(SIZES[size])
        for index in range(SIZES[size].movable_polygons):
            builder.box((0.5 + 0.4 * index, 1.0), width=0.2, height=0.2)
        level = with_roles(builder, {SIZES[size].static_polygons: Role.GREEN})
    return NamedLevel(name=name, level=level)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A folder of the levels whose outcome is known, and files of a single level: one known, and one of size l."""
    folder = tmp_path_factory.mktemp("levels")
    (folder / "known").mkdir()
    for name, make in KNOWN.items():
        save(folder / "known" / f"{name}.json", named(name, "s", make()))
    save(folder / "sure.json", named("sure", "s", arena.solved_at(1)))
    save(folder / "large.json", named("large", "l"))
    return folder


def refused(capsys, *args):
    """The one-line error of `kinetix eval` for these arguments."""
    assert main(["eval", *map(str, args)]) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.startswith("kinetix: error: ") and told.err.count("\n") == 1, told.err
    return told.err.removeprefix("kinetix: error: ").rstrip("\n")


def test_two_policies_on_two_sets(files, tmp_path, capsys) -> None:
    out = tmp_path / "eval.csv"
    sets = [str(files / "known"), str(files / "sure.json")]
    flags = ["--against", "policy:uniform", "--attempts", "4", "--best-of", "2", "--batch", "16", "--out", str(out)]
    assert main(["eval", "policy:no-op", *sets, *flags]) == 0
    header, *table, told = capsys.readouterr().out.splitlines()
    columns = "levels count attempts solved best of 2 failed length uniform solved difference z"
    assert " ".join(header.split()) == columns
    assert [line.split()[:3] for line in table] == [[sets[0], "4", "4"], [sets[1], "1", "4"], ["all", "5", "4"]]
    assert "0.250 ± 0.250" in table[0] and told == f"Wrote {out}."  # solves one of four: sd of 1, 0, 0, 0 over 2
    assert "1.000" in table[1] and "±" not in table[1]  # a single level has no error
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS and len(rows) == 2 * 5
    assert [row["agent"] for row in rows] == ["no-op"] * 5 + ["uniform"] * 5
    nothing = {row["level"]: row for row in rows[:4]}
    assert {name: row["solve_rate"] for name, row in nothing.items()} == {
        "coin": "0.0",
        "endless": "0.0",
        "lost": "0.0",
        "sure": "1.0",
    }
    ends = {name: (row["solved"], row["failed"], row["out_of_time"]) for name, row in nothing.items()}
    assert ends["endless"] == ("0", "0", "4") and nothing["endless"]["mean_length"] == "256.0"
    assert ends["lost"] == ("0", "4", "0") and nothing["lost"]["mean_return"] == "-1.0"
    uniform = rows[5:9]
    gained = [float(a["solve_rate"]) - float(b["solve_rate"]) for a, b in zip(rows[:4], uniform, strict=True)]
    assert re.search(rf"{sum(gained) / 4:.3f} ± ", table[0])


@pytest.mark.parametrize(
    "flags, told",
    [
        (["--attempts", "0"], "--attempts must be an integer from 1 to 1000000, got 0."),
        (["--batch", "-2"], "--batch must be an integer from 1 to 1000000, got -2."),
        (["--seed", "-1"], "--seed must be an integer from 0 to 4294967295, got -1."),
        (["--attempts", "4", "--best-of", "5"], "--best-of must be integers from 1 to --attempts, 4, got 5."),
        (["--out", "a.txt"], "--out must be a file whose name ends in .csv, got 'a.txt'."),
        (["--out", "none/a.csv"], "--out: the folder 'none' does not exist."),
        (["--device-count", "0"], "--device-count must be an integer of at least 1, got 0."),
        (["--device-count", "99"], "--device-count must be at most 2, the number of devices, got 99."),
        (["--environment", "kinetix-xl"], "No environment called 'kinetix-xl'."),
        (["--environment", "kinetix-m"], "the level 'large' does not fit kinetix-m: it is of "),
        (["--against", "policy:unifrom"], "No policy called 'unifrom'. Did you mean 'uniform'?"),
        (["--count", "many"], "many"),
    ],
)
def test_invalid_flags_are_refused_in_one_line(flags, told, files, capsys, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    assert told in refused(capsys, "policy:no-op", files / "large.json", *flags)


def test_missing_runs_levels_and_sizes_are_refused(files, capsys) -> None:
    assert "is not the folder of a run" in refused(capsys, files, files / "sure.json")
    assert "is not the folder of a run" in refused(capsys, files / "none", files / "sure.json")
    assert "Name the levels to evaluate on" in refused(capsys, "policy:no-op")
    assert "is named once, got random:s, random:s" in refused(capsys, "policy:no-op", "random:s", "random:s")
    assert "No size called 'xl'" in refused(capsys, "policy:no-op", "random:xl")
    assert "none.json" in refused(capsys, "policy:no-op", files / "none.json")


def agent(policy, params, environment=KinetixS):
    return EvalAgent(
        label="agent",
        policy=policy,
        action_space=Discrete(),
        environment=environment(horizon=9, frame_skip=3),
        params=params,
    )


def one(name, size):
    return [LevelSet(name=name, levels=(named(name, size),))]


def test_levels_are_played_in_the_smallest_environment_that_holds_them() -> None:
    uniform = agent(Uniform(), ())
    for size in SIZES:
        entered = uniform.set_up(one("levels", size), jax.random.key(0))
        assert entered.environment.name == f"kinetix-{size}" and entered.env.engine.capacity == SIZES[size]
        assert (entered.env.horizon, entered.env.frame_skip) == (9, 3)  # as it was trained
    assert uniform.set_up(one("small", "s"), jax.random.key(0), "kinetix-l").environment.name == "kinetix-l"
    with pytest.raises(LevelError, match="the level 'big' does not fit kinetix-s"):
        uniform.set_up(one("big", "m"), jax.random.key(0), "kinetix-s")


class RigidPolicy:
    """A policy whose parameters have the shape of its observation."""

    def __init__(self, shape, space=None):
        self.shape, self.space = shape, space

    def init(self, key):
        return jax.random.normal(key, self.shape)

    def initial_carry(self, batch):
        return ()

    def apply(self, params, carry, obs, reset):
        head = head_of(self.space)
        return carry, head.distribution(jnp.zeros((len(reset), head.size))), jnp.zeros(len(reset))


@dataclass(frozen=True, kw_only=True)
class Rigid:
    name: ClassVar[str] = "rigid"
    observation: ClassVar[str] = "entity"

    def build(self, observation, action_space):
        return RigidPolicy(observation.polygons.shape, action_space)


def test_size_specific_parameters_play_in_their_training_environment() -> None:
    polygons = SIZES["m"].polygons, 27
    trained = agent(Rigid(), RigidPolicy(polygons).init(jax.random.key(0)), KinetixM)
    for size in ("s", "m"):
        assert trained.set_up(one("levels", size), jax.random.key(0)).environment.name == "kinetix-m"
    with pytest.raises(ConfigError, match="was trained in kinetix-m and has parameters of other shapes in kinetix-l"):
        trained.set_up(one("large", "l"), jax.random.key(0))


@dataclass(frozen=True, kw_only=True)
class Foggy(KinetixS):
    name: ClassVar[str] = "foggy"
    fog: float = 1.0


def test_an_environment_with_custom_settings_is_kept_for_smaller_levels() -> None:
    foggy = agent(Uniform(), (), lambda **settings: Foggy(fog=2.0, **settings))
    assert foggy.set_up(one("levels", "s"), jax.random.key(0)).environment == Foggy(fog=2.0, horizon=9, frame_skip=3)
    with pytest.raises(LevelError, match="the level 'big' does not fit foggy"):
        foggy.set_up(one("big", "m"), jax.random.key(0))
    elsewhere = foggy.set_up(one("big", "m"), jax.random.key(0), "kinetix-m").environment  # where the user says so
    assert elsewhere == KinetixM(horizon=9, frame_skip=3)


def test_an_untrained_policy_draws_its_parameters() -> None:
    untrained = EvalAgent(label="rigid", policy=Rigid(), action_space=Discrete())
    first, again, other = (untrained.set_up(one("levels", "s"), jax.random.key(seed)).params for seed in (0, 0, 1))
    assert (first == again).all() and (first != other).any()
    assert find_agent("policy:set-mlp").policy.name == "set-mlp"


def test_evaluation_sets_are_given_by_reference(files) -> None:
    known, large = find_sets([str(files / "known"), str(files / "large.json")])
    assert [named.name for named in known.levels] == sorted(KNOWN) and len(large.levels) == 1
    assert known.stacked(SIZES["m"]).role.shape == (4, SIZES["m"].bodies)
    with pytest.raises(LevelError, match="does not fit the environment"):
        large.stacked(SIZES["s"])
    with pytest.raises(LevelError, match="needs at least one level, got none"):
        LevelSet(name="empty", levels=())
