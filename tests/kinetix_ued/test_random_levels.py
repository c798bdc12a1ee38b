"""The curricula with the random generator and real mutations."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_env.generators import RandomLevels
from kinetix_env.level import SIZES, Role
from kinetix_ued import ACCEL, PLR, SFL, RobustPLR
from tests.kinetix_ued.markers import Marked, marked, outcome

TRACED: list[None] = []


class Counted(Marked):
    """A generator that counts how often a program traces it."""

    def sample(self, key):
        TRACED.append(None)
        return super().sample(key)


@pytest.mark.parametrize("config", [SFL(), PLR(), RobustPLR()], ids=lambda config: config.name)
def test_a_compiled_program_contains_the_generator_once(config) -> None:
    curriculum = config.build(Counted(marked().base), 64)

    def play(levels, key):
        del key
        return outcome(jnp.zeros(len(levels.role)))

    state = jax.eval_shape(curriculum.init, jax.random.key(0))
    TRACED.clear()
    jax.eval_shape(lambda state, key: curriculum.select(state, key, play), state, jax.random.key(0))
    assert len(TRACED) == 1


@pytest.mark.slow
def test_accel_grows_playable_levels_from_random_ones() -> None:
    curriculum = ACCEL(buffer=24, fresh=0.5, score="positive-value-loss").build(RandomLevels().build(SIZES["s"]), 16)

    def play(levels, key):
        """The larger the shapes, the more there is to learn."""
        del key
        movable = levels.scene.vertices[:, SIZES["s"].static_polygons :]
        return outcome(jnp.sum(jnp.abs(movable), axis=(1, 2, 3)) + jnp.sum(levels.scene.radius, axis=1))

    select = jax.jit(curriculum.select, static_argnums=2)
    state = curriculum.init(jax.random.key(0))
    means = []
    for update in range(8):
        levels, level_ids, state = select(state, jax.random.key(update), play)
        score = np.asarray(state.buffer.score)
        means.append(score[np.isfinite(score)].mean())
    assert (np.diff(means[1:]) >= 0).all() and means[-1] > 1.2 * means[0]
    assert bool(state.buffer.filled.all())
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(eqx.filter(levels, eqx.is_inexact_array)))
    for role in (Role.GREEN, Role.BLUE):
        assert (np.sum(np.asarray(levels.role) == role, axis=1) == 1).all()
    own = {row.tobytes() for row in np.asarray(state.buffer.fingerprint)}
    assert len(own) == 24 and {row.tobytes() for row in np.asarray(level_ids)} <= own
