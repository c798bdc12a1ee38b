"""Evaluation of levels of known outcome, independent of batch size and devices."""

import math
from functools import cache
from itertools import cycle, islice

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_agents.evaluation import Evaluation, Evaluator, evaluate
from kinetix_agents.policies.baselines import Uniform
from kinetix_env.errors import ConfigError, LevelError
from kinetix_env.levels import stack
from tests.kinetix_agents.evaluation import arena

KEY = jax.random.key(7)
LEVELS, ATTEMPTS = 6, 5


@cache
def levels():
    known = [arena.solved_at(1), arena.solved_at(2), arena.solved_at(5), arena.lost(), arena.endless(), arena.coin()]
    assert len(known) == LEVELS
    return stack(known)


@cache
def uniform():
    """An evaluator on both devices, with more rows than episodes."""
    return Evaluator(Uniform().build(None, arena.env().action_space), arena.env(), batch=63)


@cache
def narrow():
    """An evaluator on one device, with fewer rows than levels, so that each row plays many episodes."""
    policy = Uniform().build(None, arena.env().action_space)
    return Evaluator(policy, arena.env(), batch=5, devices=jax.local_devices()[1:2])


def same(a: Evaluation, b: Evaluation) -> bool:
    return all((getattr(a, name) == getattr(b, name)).all() for name in ("solved", "failed", "length", "returns"))


def test_outcomes_lengths_and_returns_of_known_levels() -> None:
    found = uniform().play((), levels(), KEY, ATTEMPTS)
    assert found.solved.shape == (LEVELS, ATTEMPTS)
    solved, failed = found.solved[:-1], found.failed[:-1]
    assert (solved == np.array([1, 1, 1, 0, 0], bool)[:, None]).all()
    assert (failed == np.array([0, 0, 0, 1, 0], bool)[:, None]).all()
    assert (found.length == np.array([1, 2, 5, 2, arena.HORIZON, 1])[:, None]).all()
    assert (found.solved[-1] ^ found.failed[-1]).all()
    assert (found.returns == found.solved.astype(np.float32) - found.failed.astype(np.float32)).all()


def test_attempts_are_independent() -> None:
    """A uniform policy turns the thruster on with probability 1/2: solved counts are binomial."""
    coins = stack([arena.coin()] * 40)
    found = uniform().play((), coins, KEY, 16)
    trials = found.solved.size
    assert found.solve_rate.mean == pytest.approx(0.5, abs=3.5 * 0.5 / math.sqrt(trials))
    expected = math.sqrt(0.25 / 16) / math.sqrt(40)
    assert found.solve_rate.error == pytest.approx(expected, rel=3.5 / math.sqrt(2 * 39))
    assert found.best_of(2).mean == pytest.approx(3 / 4, abs=3.5 * found.best_of(2).error)
    pairs = found.solved[:, 0::2] == found.solved[:, 1::2]
    assert pairs.mean() == pytest.approx(0.5, abs=3.5 * 0.5 / math.sqrt(pairs.size))


def test_outcomes_do_not_depend_on_batch_size_or_devices() -> None:
    wide, thin = (evaluator.play((), levels(), KEY, 11) for evaluator in (uniform(), narrow()))
    assert same(wide, thin) and 0 < wide.solved[-1].sum() < 11


def test_outcomes_are_a_function_of_the_key() -> None:
    coins = stack([arena.coin()] * 8)
    first, again, other = (uniform().play((), coins, key, 8) for key in (KEY, KEY, jax.random.key(8)))
    assert same(first, again) and not same(first, other)


def test_outcomes_of_a_level_do_not_depend_on_later_levels() -> None:
    first, both = stack([arena.coin()]), stack([arena.coin(), arena.lost()])
    alone, among = uniform().play((), first, KEY, 9), uniform().play((), both, KEY, 9)
    assert (alone.solved == among.solved[:1]).all()
    fewer = uniform().play((), first, KEY, 4)
    assert (fewer.solved == alone.solved[:, :4]).all()


def test_progress_is_reported_up_to_the_last_episode() -> None:
    told = []
    narrow().play((), levels(), KEY, 4, lambda *numbers: told.append(numbers))
    done = [over for over, _ in told]
    assert done == sorted(done) and told[-1] == (4 * LEVELS, 4 * LEVELS) and len(told) > 1


@cache
def greedy():
    """A greedy evaluator of two rows, so that each plays many episodes in sequence."""
    return Evaluator(arena.acts_once(), arena.env(), batch=2, greedy=True)


def params(liking):
    """Parameters of a network with a bias for (positive) or against (negative) the thrusters."""
    learnt = arena.acts_once().init(jax.random.key(1))
    learnt["out"]["bias"] = jnp.array([0.0] * 12 + [0.0, liking] * 2)
    return learnt


def test_the_carry_is_reset_at_each_episode() -> None:
    """A policy that kept the carry of the last episode would not turn the thruster on."""
    mixed = stack(list(islice(cycle([arena.coin(), arena.solved_at(2)]), 10)))
    assert greedy().play(params(50.0), mixed, KEY, 3).solved.all()


def test_greedy_play_is_deterministic_and_parameters_are_arguments() -> None:
    plays = [greedy().play(params(50.0), levels(), jax.random.key(seed), 4) for seed in (0, 1)]
    assert same(*plays) and (plays[0].solved == plays[0].solved[:, :1]).all()
    assert plays[0].solved[-1].all() and not greedy().play(params(-50.0), levels(), KEY, 1).solved[-1, 0]


def test_evaluate_equals_a_single_use_evaluator() -> None:
    once = evaluate(greedy().policy, params(50.0), arena.env(), levels(), KEY, attempts=2, greedy=True, batch=2)
    assert same(once, greedy().play(params(50.0), levels(), KEY, 2))


@pytest.mark.parametrize("count", [0, -1, True])
def test_counts_are_positive_integers(count) -> None:
    with pytest.raises(ConfigError, match=r"attempts must be an integer of at least 1, got"):
        uniform().play((), levels(), KEY, count)
    with pytest.raises(ConfigError, match=r"batch must be an integer of at least 1, got"):
        Evaluator(uniform().policy, arena.env(), batch=count)
    with pytest.raises(ConfigError, match=r"batch must be an integer of at least 1, got"):
        evaluate(uniform().policy, (), arena.env(), levels(), KEY, batch=count)


def test_unstacked_and_empty_levels_are_refused() -> None:
    for wrong in (arena.coin(), jax.tree.map(lambda leaf: leaf[:0], levels())):
        with pytest.raises(LevelError, match=r"must be stacked, at least one, of the environment's capacity"):
            uniform().play((), wrong, KEY, 1)
