"""Run folders made without training, and an independent parser of report pages."""

import csv
import json
from collections.abc import Callable, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from kinetix_agents.evaluation.tables import COLUMNS
from kinetix_agents.training.config import RunConfig, write_config

BATCH = 32  # environment steps per update
LEVELS = ("hover", "rocket-hop", "tray")  # of suite:s
VOID = {"meta", "img", "br", "link"}


def rising(step: int) -> float:
    """A success rate that rises to 0.5."""
    return step / (step + 1000.0)


def make_run(
    folder: Path,
    config: RunConfig | None = None,
    *,
    updates: int = 20,
    solve_rate: Callable[[int], float | None] = rising,
    scores: Sequence[tuple[str, str, str, int, int]] = (),
) -> Path:
    """Make a run's folder; `scores` are rows of agent, set, level, attempts and solved attempts."""
    folder.mkdir(parents=True)
    write_config(folder / "config.json", RunConfig() if config is None else config)
    rows: list[dict[str, Any]] = [
        {
            "step": BATCH * number,
            "solve_rate": solve_rate(BATCH * number),
            "episode_return": 2.0 * number,
            "policy_loss": 0.1,
            "seconds": 3.0 * number,
            "steps_per_second": 1000.0,
        }
        for number in range(1, updates + 1)
    ]
    (folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    if scores:
        write_scores(folder / "eval.csv", scores)
    return folder


def write_scores(path: Path, scores: Sequence[tuple[str, str, str, int, int]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for agent, levels, level, attempts, solved in scores:
            failed = (attempts - solved) // 2
            ends = attempts, solved, failed, attempts - solved - failed
            writer.writerow([agent, levels, level, *ends, solved / attempts, 100.0, 0.5])


class Page(HTMLParser):
    """The content of a page: table rows, pictures, references and text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.images: list[str] = []
        self.references: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        assert tag not in ("script", "link", "iframe", "object", "base")
        for name, value in attrs:
            assert not name.startswith("on")
            if name in ("src", "href", "xlink:href", "srcset", "data", "poster", "action"):
                self.references.append(value)
            if (tag, name) == ("img", "src"):
                self.images.append(value)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        assert "@import" not in data and "url(" not in data
        if "style" not in self._open:
            self.text += data
        if self._open and {"td", "th"} & set(self._open) and "svg" not in self._open:
            self.rows[-1][-1] += data

    def row(self, *cells: str) -> list[str]:
        """The only row with these cells."""
        (found,) = [row for row in self.rows if set(cells) <= set(row)]
        return found
