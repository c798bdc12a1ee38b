"""The output of the cells of a notebook that a Jupyter kernel runs."""

import re
from base64 import b64decode
from io import BytesIO

import nbformat
import pytest
from nbclient import NotebookClient
from PIL import Image

START = """
from kinetix_env.play import play
from kinetix_env.levels import stack
from kinetix_env.sources import suite

bell = next(level for level in suite("s") if level.name == "bell")
bell
"""
TRACED = """
import jax

shown = []
jax.jit(lambda level: shown.append(get_ipython().display_formatter.format(level)[0]))(bell.level)
shown[0]
"""
CELLS = [START, "bell.level", "stack([bell.level, bell.level])", "play([bell])[0]", TRACED]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """The outputs of the cells, by MIME type."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    folder = tmp_path_factory.mktemp("notebook")
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    found = []
    for cell in notebook.cells:
        (shown,) = (output for output in cell.outputs if output.output_type == "execute_result")
        assert len(cell.outputs) == 1, cell.outputs
        found.append(shown.data)
    return found


def test_a_level_shows_as_a_picture(outputs):
    named, level, *_ = outputs
    assert "<figcaption><b>bell</b>: Swing the clapper" in named["text/html"] and "<svg" in named["text/html"]
    assert level["image/svg+xml"].startswith("<svg") and "green movable" in level["image/svg+xml"]


def test_a_batch_and_a_traced_level_show_as_text(outputs):
    for shown in (outputs[2], eval(outputs[4]["text/plain"])):
        assert list(shown) == ["text/plain"] and shown["text/plain"].startswith("Level(")


def test_a_recording_shows_as_a_clip(outputs):
    html = outputs[3]["text/html"]
    assert "bell: solved after" in html
    (clip,) = re.findall(r'src="data:image/gif;base64,([^"]+)"', html)
    with Image.open(BytesIO(b64decode(clip))) as film:
        assert film.format == "GIF" and film.n_frames > 5
