"""The life of an agent by the command: trained in the environment of the plugin with its observation and its action
space, stopped, resumed, evaluated, fine-tuned and reported on."""

import json
import signal
import sys
from dataclasses import replace
from pathlib import Path

import jax
from kinetix_outside import FlatPlus, Throttle, Windy

from jax2d import SceneBuilder
from kinetix_agents.agent import load_agent
from kinetix_agents.evaluation.level_sets import find_sets
from kinetix_agents.policies.build import build_policy, observation_of
from kinetix_agents.policies.flat_mlp import FlatMLP
from kinetix_agents.policies.set_mlp import SetMLP
from kinetix_agents.policies.transformer import Transformer
from kinetix_agents.ppo import PPOConfig
from kinetix_agents.training import Checkpoints, RunConfig, train
from kinetix_agents.training.config import read_config
from kinetix_env import Role, empty_level, make
from kinetix_env.cli.main import main
from kinetix_env.level import SIZES
from kinetix_env.levels import NamedLevel, save
from kinetix_env.sources import ListCurriculum


def downwind(path):
    """A level that the wind alone solves: a green ball without gravity, and a blue one to the right of it."""
    builder = SceneBuilder(SIZES["s"], gravity=(0.0, 0.0))
    green, blue = builder.circle((1.0, 2.5), radius=0.2), builder.circle((3.0, 2.5), radius=0.2, density=1000.0)
    scene, state = builder.build()
    level = empty_level(SIZES["s"])
    role = level.role.at[green].set(Role.GREEN).at[blue].set(Role.BLUE)
    level = replace(level, scene=scene, state=state, role=role)
    save(path, NamedLevel(name="downwind", level=level))


def command(*args):
    assert main(list(args)) == 0, args


def stop(report):
    if report.steps == 16:
        signal.raise_signal(signal.SIGTERM)


downwind(Path("level.json"))
config = RunConfig(
    environment=Windy(wind=30.0, horizon=24),
    observation=FlatPlus(),
    action_space=Throttle(),
    policy=FlatMLP(width=4, depth=1),
    curriculum=ListCurriculum(levels=("level.json",)),
    ppo=PPOConfig(envs=4, steps=4, epochs=1, minibatches=1, groups=1),
    steps=48,
    sinks=("jsonl",),
)
try:
    train(config, Path("run"), progress=stop)
except SystemExit:
    assert Checkpoints(Path("run/checkpoints"), read_only=True).updates[-1] < 3
    command("train", "--resume", "--out", "run")
command("eval", "run", "level.json", "--attempts", "2", "--out", "windy.csv")
command("finetune", "--from", "run", "--levels", "level.json", "--out", "tuned", "--steps", "16")
command("report", "tuned", "--attempts", "2", "--clips", "0")

agent = load_agent(Path("run"))
setup = agent.for_evaluation("run").set_up(find_sets(["level.json"]), jax.random.key(0))
entity = make("kinetix-s", action=Throttle())
shapes = jax.tree.map(lambda x: jax.ShapeDtypeStruct((3, *x.shape), x.dtype), observation_of(entity))
logits = {}
for policy in (SetMLP(), Transformer(layers=1, width=4, heads=1)):
    built = build_policy(policy, entity)
    params = jax.eval_shape(built.init, jax.random.key(0))
    seen = jax.eval_shape(built.apply, params, (), shapes, jax.ShapeDtypeStruct((3,), bool))[1]
    logits[policy.name] = seen.logits.shape
told = {
    "agent": repr(agent.environment),
    "setup": [repr(setup.environment), setup.env.wind],
    "tuned": repr(read_config(Path("tuned/config.json")).environment),
    "inputs": agent.params["layers"][0]["kernel"].shape[0],
    "flat": int(make("kinetix-s", observation="flat").observation(entity.start(empty_level(SIZES["s"]))).size),
    "outputs": agent.params["action"]["bias"].shape[0],
    "logits": logits,
}
Path("told.json").write_text(json.dumps(told))
sys.exit(0)
