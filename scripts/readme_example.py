"""Run the Python examples of a README, to the letter: python scripts/readme_example.py README.md

Needs nothing but the standard library and what the examples import, so it runs in any environment."""

import argparse
import re
from pathlib import Path
from typing import Any

__all__ = ["python_blocks", "run_examples"]

_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def python_blocks(readme: Path) -> list[str]:
    """The text of every fenced Python block; at least one, or it is an error."""
    blocks = _BLOCK.findall(readme.read_text(encoding="utf-8"))
    if not blocks:
        raise ValueError(f"{readme} has no block fenced by ```python and ```.")
    return blocks


def run_examples(readme: Path) -> dict[str, Any]:
    """Run the blocks one after the other in one namespace, as a reader would, and return it."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for number, block in enumerate(python_blocks(readme), 1):
        exec(compile(block, f"{readme} (Python block {number})", "exec"), namespace)
    return namespace


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("readmes", nargs="+", metavar="README.md")
    for path in parser.parse_args().readmes:
        run_examples(Path(path))
        print(f"{path}: its Python examples run")
