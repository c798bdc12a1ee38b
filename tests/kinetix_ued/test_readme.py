"""The example of the README runs as printed, and does what the text around it says."""

from dataclasses import fields
from pathlib import Path

import jax
import numpy as np
import pytest

from kinetix_ued import ACCEL, PLR, SFL, RobustPLR
from scripts.readme_example import run_examples

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_example_keeps_learnable_levels_and_selects_half_of_them() -> None:
    result = run_examples(ROOT / "packages" / "kinetix-ued" / "README.md")
    score = np.asarray(result["state"].buffer.score)
    assert (np.diff(score) <= 0).all() and score[0] > 0.15 and score[-1] >= 0
    rows = np.asarray(result["curriculum"].packing.pack(result["levels"]))
    own = {row.tobytes() for row in np.asarray(result["state"].buffer.rows)}
    assert len(own) == 16 and sum(row.tobytes() in own for row in rows) == 16
    assert all(leaf.shape[0] == 32 for leaf in jax.tree.leaves(result["levels"]))


def test_the_documentation_names_every_setting_and_its_default() -> None:
    text = (ROOT / "docs" / "curricula.md").read_text(encoding="utf-8")
    for cls in (SFL, PLR, RobustPLR, ACCEL):
        assert f"| `{cls.name}` |" in text
        for field in fields(cls):
            assert f"| `{field.name}` | {field.default} |" in text, f"{cls.__name__}.{field.name}"
