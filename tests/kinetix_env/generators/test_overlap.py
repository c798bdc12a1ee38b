"""The overlap count of proposals is the number of contact points that the engine finds for the same shapes."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jax2d import Engine, contact_slots
from kinetix_env.generators import RandomLevels
from kinetix_env.generators.draft import BodyRow, draft_of, rows
from kinetix_env.generators.overlap import overlaps
from kinetix_env.generators.propose import Proposal
from kinetix_env.level import Level
from tests.kinetix_env.generators.batches import MIDDLE, unfiltered
from tests.kinetix_env.generators.level_laws import WALLS, check_valid

LEVELS = 256
TRIANGLES = RandomLevels(triangles=True, proposals=1)


def proposed_again(levels: Level) -> np.ndarray:
    """Overlaps of each body with the others, [body, level]: it is taken out and proposed again."""
    bodies = jnp.moveaxis(jax.vmap(lambda level: draft_of(level).bodies)(levels), 0, -1)
    draft = jax.tree.map(lambda table: jnp.moveaxis(table, 0, -1), jax.vmap(draft_of)(levels))
    nothing: Any = None

    @jax.jit
    def overlaps_of(body: jax.Array) -> jax.Array:
        proposal = Proposal(
            possible=nothing,
            polygon=jnp.broadcast_to(body < MIDDLE.polygons, (1, LEVELS)),
            connected=nothing,
            hidden=nothing,
            target_first=nothing,
            body=rows(BodyRow, bodies[:, body][:, None]),
            joint=nothing,
        )
        without = draft._replace(bodies=bodies.at[0, body].set(0))
        return jnp.where(bodies[0, body] > 0, overlaps(MIDDLE, without, proposal)[0], 0)

    return np.stack([overlaps_of(jnp.asarray(body)) for body in range(WALLS, MIDDLE.bodies)])


def test_half_of_the_polygons_are_triangles_on_request() -> None:
    levels = unfiltered(MIDDLE, TRIANGLES, LEVELS)
    check_valid(levels, MIDDLE)
    corners = levels.scene.vertex_count[:, WALLS:][levels.scene.active[:, WALLS : MIDDLE.polygons]]
    assert set(corners) == {3, 4} and abs((corners == 3).mean() - 0.5) < 5 * np.sqrt(0.25 / len(corners))


def test_overlap_counts_equal_the_contact_points_of_the_engine() -> None:
    for settings in (RandomLevels(), TRIANGLES):
        levels = unfiltered(MIDDLE, settings, LEVELS)
        found = proposed_again(levels)
        contacts = jax.jit(jax.vmap(Engine(MIDDLE).overlapping))(levels.scene, levels.state)
        slots, active = contact_slots(MIDDLE), np.asarray(contacts.active)
        expected = np.stack(
            [active[:, (slots.body_a == b) | (slots.body_b == b)].sum(1) for b in range(WALLS, MIDDLE.bodies)]
        )
        assert expected.sum() > LEVELS  # connected shapes overlap
        # Two polygons that a side of either separates alike, to a centimetre, have one contact point or two,
        # depending on which of them comes first: in the engine's table of pairs, or here the proposed one last.
        assert (found != expected).mean() < 0.01 and np.abs(found - expected).max() == 1
