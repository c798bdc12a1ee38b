"""`jax2d.layout` derives the arrays of scenes and states from annotations, as they are."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array, Float, Int

from jax2d import Capacity, Scene, SceneBuilder, State
from jax2d.layout import from_arrays, layout, shapes

ODD = Capacity(polygons=6, circles=3, joints=2, thrusters=5, static_polygons=4, vertices=7)


@pytest.mark.parametrize("kind", [Scene, State])
def test_the_layout_lists_the_leaves_in_order(kind: type[eqx.Module]) -> None:
    made = dict(zip((Scene, State), SceneBuilder(ODD).build(), strict=True))[kind]
    leaves = jax.tree_util.tree_leaves_with_path(made)
    found = {jax.tree_util.keystr(path)[1:]: (leaf.shape, leaf.dtype) for path, leaf in leaves}
    table = layout(kind)
    assert list(found) == list(table)
    assert found == {path: (shape, table[path].dtype) for path, shape in shapes(kind, ODD).items()}


def test_a_scene_is_made_of_its_arrays() -> None:
    scene, _ = SceneBuilder(ODD).build()
    again = from_arrays(Scene, dict(zip(layout(Scene), jax.tree.leaves(scene), strict=True)), ODD)
    assert again.capacity == ODD
    assert jax.tree.structure(again) == jax.tree.structure(scene)


def test_the_layout_of_a_field_follows_its_annotation() -> None:
    class Springs(eqx.Module):
        stiffness: Float[Array, "joint 2"]
        body: Int[Array, " joint"]
        capacity: Capacity = eqx.field(static=True)

    assert shapes(Springs, ODD) == {"stiffness": (2, 2), "body": (2,)}
    assert [field.dtype for field in layout(Springs).values()] == [np.float32, np.int32]


def test_scenes_of_different_capacities_do_not_mix() -> None:
    """Their arrays may have the same shapes; their capacities still differ."""
    counts = {"polygons": 6, "circles": 2, "joints": 1, "thrusters": 1}
    few, many = (SceneBuilder(Capacity(**counts, static_polygons=static)).build()[0] for static in (4, 5))
    with pytest.raises(ValueError, match="structure"):
        jax.tree.map(lambda *rows: jnp.stack(rows), few, many)
