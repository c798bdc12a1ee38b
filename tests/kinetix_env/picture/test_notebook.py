"""Notebook display of levels and recordings, and the fallback to text."""

import re
import xml.etree.ElementTree as ET
from base64 import b64decode
from io import BytesIO

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from PIL import Image

from kinetix_env import empty_level
from kinetix_env.level import SIZES
from kinetix_env.levels import NamedLevel, stack
from tests.kinetix_env.picture.scenes import recorded, rocket

SVG = "{http://www.w3.org/2000/svg}svg"


def test_a_level_has_an_image_in_a_notebook():
    for level in (rocket(), jax.device_get(rocket())):
        root = ET.fromstring(level._repr_svg_())
        assert root.tag == SVG and root.get("width") == "320"
        assert "green movable" in level._repr_svg_()


def test_a_named_level_has_an_image_with_its_description():
    named = NamedLevel(name="a < b", level=rocket(), description="Fly & meet.")
    shown = ET.fromstring(named._repr_html_())
    assert shown.tag == "figure" and shown.find(SVG) is not None
    caption = "".join(shown.find("figcaption").itertext())
    assert caption == "a < b: Fly & meet."
    bare = NamedLevel(name="a", level=rocket())
    assert "".join(ET.fromstring(bare._repr_html_()).find("figcaption").itertext()) == "a"


def test_a_batch_of_levels_has_no_image_in_a_notebook():
    batch = stack([rocket(), rocket()])
    assert batch._repr_svg_() is None and "Level(" in repr(batch)
    assert NamedLevel(name="two", level=batch)._repr_html_() is None


def test_traced_and_abstract_levels_have_no_image():
    seen = []

    def look(level):
        seen.append(level._repr_svg_())
        return level.role

    jax.jit(look)(rocket())
    jax.vmap(look)(stack([rocket(), rocket()]))
    assert seen == [None, None]
    assert jax.eval_shape(lambda: empty_level(SIZES["s"]))._repr_svg_() is None
    assert jax.tree.map(lambda leaf: None, rocket())._repr_svg_() is None
    gone = jax.tree.map(jnp.array, rocket())
    gone.role.delete()
    assert gone._repr_svg_() is None


def test_a_level_of_inconsistent_arrays_has_no_image():
    short = eqx.tree_at(lambda level: level.role, rocket(), np.zeros(2, np.int32))
    assert short._repr_svg_() is None
    less = eqx.tree_at(lambda level: level.state, rocket(), empty_level(SIZES["m"]).state)
    assert less._repr_svg_() is None or ET.fromstring(less._repr_svg_()).tag == SVG


def test_a_recording_has_a_clip_in_a_notebook():
    for recording in recorded():
        html = recording._repr_html_()
        (clip,) = re.findall(r'src="data:image/gif;base64,([^"]+)"', html)
        with Image.open(BytesIO(b64decode(clip, validate=True))) as film:
            assert (film.format, film.size) == ("GIF", (320, 320)) and film.n_frames > 3
        assert f"<figcaption>{recording}</figcaption>" in html
