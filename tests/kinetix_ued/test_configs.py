"""The curricula are registered, refuse nonsense, and are what a trainer expects."""

import jax
import pytest

from kinetix_env.errors import ConfigError
from kinetix_env.generators import RandomLevels
from kinetix_env.level import SIZES
from kinetix_env.plugins import registry
from kinetix_env.protocols import Curriculum, CurriculumConfig
from kinetix_ued import ACCEL, PLR, SFL, RobustPLR
from tests.kinetix_ued.markers import marked

pytestmark = pytest.mark.versions

CONFIGS = {"sfl": SFL, "plr": PLR, "robust-plr": RobustPLR, "accel": ACCEL}


@pytest.mark.parametrize("name", CONFIGS)
def test_it_is_registered_and_builds_a_curriculum(name: str) -> None:
    cls = registry().curricula.get(name)
    assert cls is CONFIGS[name]
    assert registry().sources("curricula")[name].distribution == "kinetix-ued"
    config = cls()
    assert isinstance(config, CurriculumConfig)
    curriculum = config.build(RandomLevels().build(SIZES["s"]), 64)
    assert isinstance(curriculum, Curriculum)
    hash(curriculum)  # so that its methods can be given to jax.jit as they are
    state = jax.eval_shape(curriculum.init, jax.random.key(0))
    assert all(isinstance(leaf, jax.ShapeDtypeStruct) for leaf in jax.tree.leaves(state))


REPLAY = [
    ("buffer", 0, "an integer of at least 1"),
    ("buffer", 2.0, "an integer of at least 1"),
    ("minimum_fill", 0, "a number above 0 and at most 1"),
    ("score", "learnability", "one of 'max-mc', 'positive-value-loss'"),
    ("prioritization", "topk", "one of 'rank', 'proportional', 'top-k'"),
    ("temperature", 0.0, "a finite number above 0"),
    ("temperature", float("nan"), "a finite number above 0"),
    ("top_k", True, "an integer of at least 1"),
    ("staleness", 1.5, "a number from 0 to 1"),
]
OWN = [
    (SFL, "candidates", 100, "at least as many as SFL.buffer, which is 256"),
    (SFL, "refresh_every", 0, "an integer of at least 1"),
    (SFL, "buffer_share", -0.5, "a number from 0 to 1"),
    (PLR, "replay_rate", 2, "a number from 0 to 1"),
    (RobustPLR, "fresh", 0, "a number above 0 and at most 1"),
    (ACCEL, "children", 0, "an integer of at least 1"),
    (ACCEL, "edits", "many", "an integer of at least 1"),
]
WRONG = [(cls, *case) for cls in (PLR, RobustPLR, ACCEL) for case in REPLAY] + OWN


@pytest.mark.parametrize(("cls", "field", "value", "takes"), WRONG)
def test_a_bad_setting_is_refused_with_its_valid_range(cls, field, value, takes) -> None:
    with pytest.raises(ConfigError) as told:
        cls(**{field: value})
    assert str(told.value) == f"{cls.__name__}.{field} must be {takes}, got {value!r}."


@pytest.mark.parametrize("cls", CONFIGS.values())
@pytest.mark.parametrize("levels", [0, -1, True])
def test_a_curriculum_selects_at_least_one_level(cls, levels) -> None:
    with pytest.raises(ConfigError, match=f"A curriculum's levels must be an integer of at least 1, got {levels}"):
        cls().build(marked(), levels)


def test_integers_are_accepted_for_fractions() -> None:
    replay = RobustPLR(temperature=2, staleness=0, minimum_fill=1).replay
    assert (replay.temperature, replay.staleness) == (2.0, 0.0)


def test_the_minimum_fill_is_rounded_up() -> None:
    assert PLR(buffer=10, minimum_fill=0.3).needed == 3
    assert PLR(buffer=10, minimum_fill=0.31).needed == 4
    assert PLR(buffer=3, minimum_fill=1e-9).needed == 1
