"""The rules of the registry, on plugins defined here."""

import subprocess
import sys
import types
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint
from typing import ClassVar

import pytest

from kinetix_env.errors import PluginError, UnknownNameError
from kinetix_env.plugins import KINDS, Registry, hookimpl, registry
from kinetix_env.registry.discovery import Candidate

pytestmark = pytest.mark.versions


@dataclass(frozen=True, kw_only=True)
class Red:
    """Red."""

    name: ClassVar[str] = "red"

    def build(self):
        return "red"


@dataclass(frozen=True, kw_only=True)
class Blue(Red):
    """Blue."""

    name: ClassVar[str] = "blue"


@pytest.fixture
def candidate(monkeypatch):
    """A function that makes the plugin of a distribution from its hooks."""

    def make(distribution, **hooks):
        module = types.ModuleType(distribution.replace("-", "_"))
        for name, hook in hooks.items():
            hook.__name__ = name
            setattr(module, name, hookimpl(hook))
        monkeypatch.setitem(sys.modules, module.__name__, module)
        point = EntryPoint(distribution, module.__name__, "kinetix")
        return Candidate(distribution=distribution, version="1.2", entry_point=point)

    return make


def missing(distribution):
    point = EntryPoint(distribution, "a_module_that_nobody_has", "kinetix")
    return Candidate(distribution=distribution, version="1.2", entry_point=point)


def test_classes_are_found_by_kind_and_name(candidate):
    known = Registry([candidate("a", kinetix_rewards=lambda: [Red, Blue])])
    assert known.rewards["red"] is Red and known.get("rewards", "blue") is Blue
    assert sorted(known.rewards) == ["blue", "red"] and len(known.rewards) == 2
    assert "red" in known.rewards and "green" not in known.rewards
    assert known.rewards.get("green") is None and known.rewards.get("red") is Red
    source = known.sources("rewards")["red"]
    assert (source.cls, source.distribution, source.version) == (Red, "a", "1.2")


def test_a_hook_is_called_once_and_only_when_its_kind_is_asked_for(candidate):
    calls = []
    known = Registry([candidate("a", kinetix_rewards=lambda: calls.append("rewards") or [Red])])
    assert known.observations.get("x") is None and calls == []
    assert known.rewards["red"] is known.rewards["red"] and calls == ["rewards"]


def test_a_name_of_two_plugins_names_both_distributions(candidate):
    known = Registry([candidate(name, kinetix_rewards=lambda: [Red]) for name in ("first", "second")])
    with pytest.raises(PluginError, match=r"Two plugins register reward 'red': first 1\.2 .*\.Red\) and second 1\.2\."):
        known.get("rewards", "red")
    assert len(known.observations) == 0  # other kinds are not touched


def test_a_clash_leaves_the_other_names_alone(candidate):
    both, one = (lambda: [Red, Blue]), (lambda: [Red])
    known = Registry([candidate("first", kinetix_rewards=both), candidate("second", kinetix_rewards=one)])
    assert list(known.rewards) == ["blue"] and list(known.rewards.clashes) == ["red"]


def test_a_module_whose_functions_are_not_marked_is_listed(monkeypatch):
    module = types.ModuleType("forgetful")
    module.kinetix_rewards = lambda: [Red]
    monkeypatch.setitem(sys.modules, "forgetful", module)
    point = EntryPoint("forgetful", "forgetful", "kinetix")
    known = Registry([Candidate(distribution="forgetful", version="1.2", entry_point=point)])
    assert list(known.rewards) == [] and not known.plugins
    assert "it registers nothing" in str(known.failures[0]) and "decorate kinetix_rewards" in str(known.failures[0])


def test_an_unknown_name_is_refused_with_the_closest_and_all_known_names(candidate):
    known = Registry([candidate("a", kinetix_rewards=lambda: [Red, Blue])])
    with pytest.raises(UnknownNameError, match=r"^No reward called 'rad'\. Did you mean 'red'\? Known: blue, red\.$"):
        known.rewards["rad"]
    with pytest.raises(UnknownNameError, match=r"kind of plugin called 'reward'\. Did you mean 'rewards'"):
        known.get("reward", "red")


def test_a_plugin_with_an_import_error_is_reported_and_others_load(candidate):
    known = Registry([missing("gone"), candidate("a", kinetix_rewards=lambda: [Red])])
    assert known.rewards["red"] is Red
    told = "The plugin 'gone' of gone 1.2 failed: ModuleNotFoundError: No module named 'a_module_that_nobody_has'"
    assert [str(failure) for failure in known.failures] == [told]
    with pytest.raises(UnknownNameError, match=f"Known: red. It may belong to a plugin that failed. {told}."):
        known.rewards["blue"]


def test_a_plugin_that_exits_is_reported_and_others_load(candidate):
    def leave():
        raise SystemExit("bye")

    known = Registry([candidate("rude", kinetix_rewards=leave), candidate("a", kinetix_rewards=lambda: [Red])])
    assert list(known.rewards) == ["red"]
    assert "rude 1.2 failed: kinetix_rewards: SystemExit: bye" in str(known.failures[0])


def test_an_unknown_hook_is_refused(candidate):
    known = Registry([candidate("a", kinetix_reward=lambda: [Red])])
    assert "there is no hook 'kinetix_reward'. Did you mean 'kinetix_rewards'?" in str(known.failures[0])


def test_a_plugin_with_an_invalid_hook_registers_no_parts_and_others_load(candidate):
    half = candidate("half", kinetix_rewards=lambda: [Blue], kinetix_reward=lambda: [Red])
    asking = candidate("asking", kinetix_curricula=lambda: [Blue], kinetix_rewards=lambda config: [Blue])
    known = Registry([half, asking, candidate("a", kinetix_rewards=lambda: [Red])])
    assert list(known.rewards) == ["red"] and list(known.curricula) == []
    assert [failure.candidate.distribution for failure in known.failures] == ["half", "asking"]
    assert "config" in str(known.failures[1])  # the argument that the hook does not have


def test_two_entry_points_of_one_module_are_one_plugin(candidate):
    once = candidate("a", kinetix_rewards=lambda: [Red])
    known = Registry([once, replace(once, distribution="b")])
    assert list(known.rewards) == ["red"] and "is the plugin 'a:a' already" in str(known.failures[0])


def test_plugins_of_the_same_name_in_two_distributions_are_kept_apart(candidate):
    first, second = candidate("a", kinetix_rewards=lambda: [Red]), candidate("b", kinetix_rewards=lambda: [Blue])
    renamed = replace(second, entry_point=EntryPoint("a", second.entry_point.value, "kinetix"))
    assert sorted(Registry([first, renamed]).rewards) == ["blue", "red"]


def thawed():
    @dataclass(kw_only=True)
    class Thawed:
        name: ClassVar[str] = "thawed"

        def build(self):
            return 0

    return Thawed


def positional():
    @dataclass(frozen=True)
    class Positional:
        name: ClassVar[str] = "positional"
        size: int = 1

        def build(self):
            return self.size

    return Positional


def anonymous():
    @dataclass(frozen=True, kw_only=True)
    class Anonymous:
        def build(self):
            return 0

    return Anonymous


def field_named():
    @dataclass(frozen=True, kw_only=True)
    class FieldNamed:
        name: str = "field"

        def build(self):
            return 0

    return FieldNamed


def spaced():
    @dataclass(frozen=True, kw_only=True)
    class Spaced(Red):
        name: ClassVar[str] = "two words"

    return Spaced


def idle():
    @dataclass(frozen=True, kw_only=True)
    class Idle:
        name: ClassVar[str] = "idle"

    return Idle


def undecorated():
    class Undecorated(Red):
        name: ClassVar[str] = "undecorated"

    return Undecorated


BAD = {
    "is not frozen and keyword-only": [thawed, positional],
    "needs a name": [anonymous, field_named],
    "may have letters, digits": [spaced],
    "has no method build": [idle],
    "is not a dataclass": [undecorated],
    "is not a class": [lambda: "red"],
}


@pytest.mark.parametrize(("told", "make"), [(told, make) for told, makes in BAD.items() for make in makes])
def test_a_registered_class_that_is_no_config_is_refused(candidate, told, make):
    known = Registry(
        [candidate("odd", kinetix_rewards=lambda: [Blue, make()]), candidate("a", kinetix_rewards=lambda: [Red])]
    )
    assert list(known.rewards) == ["red"]  # of a plugin with a fault, nothing of that kind
    assert "odd 1.2 failed: kinetix_rewards: " in str(known.failures[0]) and told in str(known.failures[0])


@pytest.mark.parametrize("answer", [None, Red, "red"])
def test_a_hook_that_returns_no_list_is_refused(candidate, answer):
    known = Registry([candidate("a", kinetix_rewards=lambda: answer)])
    assert list(known.rewards) == []
    # None is the answer of a function without a return
    assert bool(known.failures) == (answer is not None)


COMMANDS = [
    "bench env",
    "cache",
    "completion",
    *(f"levels {what}" for what in ("check", "convert", "gallery", "list", "random", "show", "solve")),
    "plugins",
    "render",
]


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("environments", ["kinetix-custom", "kinetix-l", "kinetix-m", "kinetix-s"]),
        ("level_generators", ["locomotion", "random"]),
        ("observations", ["entity", "flat", "flat-padded", "pixels"]),
        ("action_spaces", ["continuous", "discrete", "multi-discrete"]),
        ("rewards", ["dense", "published", "sparse"]),
        ("curricula", ["list", "random"]),
        ("commands", COMMANDS),
    ],
)
def test_the_builtin_parts_are_registered(kind, names):
    ours = [name for name, source in registry().sources(kind).items() if source.distribution == "kinetix-env"]
    assert sorted(ours) == names, registry().failures


@pytest.mark.parametrize("kind", KINDS)
def test_registered_classes_have_defaults_and_docstrings(kind):
    for name, cls in registry().catalogue(kind).items():
        assert cls.__doc__ and not cls.__doc__.startswith(f"{cls.__name__}("), f"{name} has no docstring"
        if kind != "commands":  # which may have arguments that must be given
            assert cls() == cls()


def test_importing_kinetix_env_loads_no_plugins():
    script = (
        "import sys, kinetix_env, kinetix_env.plugins, kinetix_env.cli.main\n"
        "sys.exit('kinetix_env.builtins' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)
