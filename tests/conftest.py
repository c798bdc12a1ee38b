"""What all tests share: JAX on two CPU devices, compiled programs kept on disk, Hypothesis without deadlines.

JAX reads these variables when it is first imported, which is after this file. They are defaults: a
variable that is already set, to test on a GPU for example, is kept. Processes that a test starts inherit them."""

import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.kinetix_env.reference import MISSING

ROOT = Path(__file__).parents[1]

JAX_DEFAULTS = {
    "JAX_PLATFORMS": "cpu",
    "JAX_NUM_CPU_DEVICES": "2",  # so that sharding is tested for real
    "JAX_COMPILATION_CACHE_DIR": str(ROOT / ".cache" / "jax"),  # most of the time goes into compiling
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0.2",  # below that, reading is no faster
    "JAX_NUMPY_DTYPE_PROMOTION": "strict",  # the engine never mixes dtypes by accident
    # Most of the time goes into compiling, and half of that into optimizing programs that run for a moment. What is
    # marked `optimized`, as all tests of the engine are, is compiled as users compile it.
    "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",
}

if "jax" in sys.modules:
    raise RuntimeError("JAX was imported before tests/conftest.py could configure it; look for a plugin that does so.")
for name, value in JAX_DEFAULTS.items():
    os.environ.setdefault(name, value)

# Examples are the same in every run; the first call of a jitted function takes as long as it takes.
settings.register_profile("jax", deadline=None, derandomize=True)
settings.load_profile("jax")

# The condition under which pyproject.toml installs Box2D.
HAS_BOX2D = sys.version_info < (3, 14) and (sys.platform != "linux" or platform.machine() == "x86_64")
collect_ignore_glob = [] if HAS_BOX2D else ["*/test_box2d*.py"]


@pytest.fixture(scope="module", autouse=True)
def _optimized(request: pytest.FixtureRequest) -> Iterator[None]:
    """Compile as users do in modules that are marked `optimized`, though not in processes that these start."""
    import jax

    if request.node.get_closest_marker("optimized") is None:
        yield
        return
    quick = jax.config.values["jax_disable_most_optimizations"]
    jax.config.update("jax_disable_most_optimizations", False)
    yield
    jax.config.update("jax_disable_most_optimizations", quick)


def pytest_report_header() -> list[str]:
    """Say what the tests run on, and what is left out."""
    lines = [f"JAX: {', '.join(f'{name}={os.environ[name]}' for name in JAX_DEFAULTS)}"]
    if MISSING:
        lines.append(f"Skipped in tests/kinetix_env: {MISSING}.")
    if not HAS_BOX2D:
        lines.append("Box2D has no wheel for this Python and platform: test_box2d*.py is left out.")
    return lines
