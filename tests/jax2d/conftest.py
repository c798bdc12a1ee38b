"""The engine is tested as users run it: every module here is marked `optimized` (see tests/conftest.py)."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the modules, since the fixture that acts on the mark asks once per module."""
    for module in {item.getparent(pytest.Module) for item in items if HERE in item.path.parents}:
        if module is not None:
            module.add_marker(pytest.mark.optimized)
