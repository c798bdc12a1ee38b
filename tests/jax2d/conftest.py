"""The engine is tested as users run it: modules are marked `optimized` (see tests/conftest.py), except those that
compile many programs for laws that other modules state on optimized programs."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
QUICK = {"test_capacities", "test_demo", "test_gradients", "test_params"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the modules, since the fixture that acts on the mark asks once per module."""
    for module in {item.getparent(pytest.Module) for item in items if HERE in item.path.parents}:
        if module is not None and module.path.stem not in QUICK:
            module.add_marker(pytest.mark.optimized)
