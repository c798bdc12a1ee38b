"""What a plugin's parts give is checked before anything is compiled: the error names part, method, got and taken."""

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import pytest

from kinetix_agents.distributions import head_of
from kinetix_agents.policies.build import build_policy
from kinetix_agents.ppo import PPOConfig
from kinetix_agents.training import RunConfig
from kinetix_agents.training.build import build_ppo
from kinetix_env import make
from kinetix_env.errors import PluginError
from kinetix_env.generators import RandomLevels
from kinetix_env.level import SIZES
from kinetix_env.parts import build_curriculum, build_generator, build_sink
from kinetix_env.plugins import Source, registry
from kinetix_env.task import MultiDiscreteActions

EXAMPLE = Path(__file__).parents[1] / "kinetix_env" / "plugins" / "example"


def config(built: Any, **more: Any) -> Any:
    """A config of a stranger's that builds the given thing."""

    @dataclass(frozen=True, kw_only=True)
    class Stranger:
        name: ClassVar[str] = "strange"
        observation: ClassVar[str] = "flat"

        def build(self, *parts: Any) -> Any:
            return built(*parts) if isinstance(built, type) else built

    for name, value in more.items():
        setattr(Stranger, name, value)
    return Stranger()


class Net(eqx.Module):
    """A policy that is right: the sum of the observation, and equal logits."""

    observation: Any
    space: Any

    def init(self, key):
        return {"bias": jnp.zeros(self.logits)}

    @property
    def logits(self):
        return head_of(self.space).size

    def initial_carry(self, batch):
        return ()

    def apply(self, params, carry, obs, reset):
        logits = jnp.broadcast_to(params["bias"], (len(reset), self.logits))
        return carry, head_of(self.space).distribution(logits), obs.sum(1)


class WideValue(Net):
    def apply(self, *args):
        carry, distribution, value = super().apply(*args)
        return carry, distribution, value[:, None]


class TwoValues(Net):
    def apply(self, *args):
        return super().apply(*args)[1:]


class Logits(Net):
    def apply(self, params, carry, obs, reset):
        return carry, jnp.zeros((len(reset), self.logits)), obs.sum(1)


class OtherCarry(Net):
    def apply(self, params, carry, obs, reset):
        return (jnp.zeros(3), *super().apply(params, carry, obs, reset)[1:])


class NoCarry(Net):
    initial_carry = None


@pytest.fixture(scope="module")
def env():
    return make("kinetix-s", observation="flat")


def test_a_policy_that_is_right_passes(env):
    assert isinstance(build_policy(config(Net), env), Net)


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (WideValue, r"the value that apply returns, .* shape \[3\] of floating numbers, got float32\[3, 1\]"),
        (TwoValues, r"must return three values, \(carry, distribution, value\), got 2 values"),
        (Logits, r"apply returns as the distribution float32\[3, 16\] without the method sample\(key\)"),
        (OtherCarry, r"the carry that apply returns must have the structure"),
        (NoCarry, r"builds a NoCarry without the method initial_carry\(batch\)\. A Policy has init, initial_carry"),
    ],
)
def test_a_policy_that_is_wrong_is_refused(env, policy, message):
    with pytest.raises(PluginError, match=rf"^The policy 'strange' \(.*Stranger\).*{message}"):
        build_policy(config(policy), env)


class Deaf:
    """A curriculum that does not listen to outcomes."""

    def __init__(self, *parts): ...
    def init(self, key): ...
    def select(self, state, key, probe): ...


class Leak:
    """A sink that cannot be closed."""

    def __init__(self, folder): ...
    def write(self, step, metrics): ...


class Tiny:
    """A generator whose levels are of another size."""

    capacity = SIZES["m"]

    def __init__(self, capacity): ...
    def sample(self, key):
        from kinetix_env import empty_level

        return empty_level(SIZES["m"])


class Blank(Tiny):
    """A generator that draws no level."""

    capacity = SIZES["s"]

    def sample(self, key):
        return 1.0


def test_a_curriculum_without_report_is_refused():
    with pytest.raises(PluginError, match=r"builds a Deaf without the method report\(state, level_ids, outcome\)"):
        build_curriculum(config(Deaf), RandomLevels().build(SIZES["s"]), 4)


def test_a_sink_without_close_is_refused(tmp_path):
    with pytest.raises(PluginError, match=r"The metric sink 'strange' .* builds a Leak without the method close\(\)"):
        build_sink(config(Leak), tmp_path)


@pytest.mark.parametrize(
    ("generator", "message"), [(Tiny, "capacity must be Capacity"), (Blank, r"sample\(key\) must return a Level, got")]
)
def test_a_generator_of_other_levels_is_refused(generator, message):
    with pytest.raises(PluginError, match=f"The level generator 'strange' .*{message}"):
        build_generator(config(generator), SIZES["s"])


class WrongControls(MultiDiscreteActions):
    def controls(self, level, action):
        return jnp.zeros(3)


class WrongSample(MultiDiscreteActions):
    def sample(self, key):
        return jnp.zeros(2)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"observation": config(lambda state: None)}, r"must return arrays, got a NoneType"),
        ({"action": config(WrongControls())}, r"controls\(level, action\) .* of shape \[2\], got float32\[3\]"),
        ({"action": config(WrongSample())}, r"sample\(key\), an action, .* of shape \[6\], got float32\[2\]"),
        ({"reward": config(lambda step: step.distance_after[None])}, r"the reward .* \[\] .*, got float32\[1\]"),
        ({"reward": config(lambda step: step.solved)}, r"the reward must be .* floating numbers, got bool\[\]"),
    ],
)
def test_a_wrong_part_of_an_environment_is_refused(parts, message):
    with pytest.raises(PluginError, match=message):
        make("kinetix-s", **parts)


def test_the_distribution_of_a_registered_part_is_named(env, monkeypatch):
    part = config(TwoValues)
    source = Source(cls=type(part), distribution="kinetix-x", version="1.2")
    monkeypatch.setitem(registry().policies.sources, "strange", source)
    with pytest.raises(PluginError, match=r"The policy 'strange' \(kinetix-x 1\.2, tests\..*Stranger\)"):
        build_policy(part, env)


def test_the_documented_parts_pass_and_learn(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLE)
    example = importlib.import_module("kinetix_example")
    run = RunConfig(
        environment=example.Brief(horizon=8),
        observation=example.Heights(),
        action_space=example.Forward(),
        reward=example.Hurry(),
        generator=example.Ball(),
        curriculum=example.Paired(),
        policy=example.Dial(),
        ppo=PPOConfig(envs=4, steps=4, epochs=1, minibatches=1),
    )
    ppo = build_ppo(run, jax.devices()[:1])
    state, metrics = ppo.update(ppo.init(jax.random.key(0)), jax.random.key(1))
    assert float(jnp.abs(state.params["logits"]).max()) > 0 and "entropy" in metrics
    assert build_sink(example.Print(), tmp_path).close() is None
