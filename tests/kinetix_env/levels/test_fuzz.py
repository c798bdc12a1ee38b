"""Mutated files, thousands of them: each is a level that can be played, or a `LevelError` of one line."""

import copy
import json
import random
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kinetix_env import KinetixWarning, LevelError
from kinetix_env.level import validate
from kinetix_env.levels import dumps, export_published, loads
from tests.kinetix_env.levels.samples import NAMES, car, random_level
from tests.kinetix_env.reference import LEVELS

ROUNDS = pytest.param(800, id="few"), pytest.param(25_000, id="many", marks=pytest.mark.soak)  # mutations per test

VALUES = (
    *(None, True, False, 0, 1, -1, 2, 3, 4, 5, 7, 12, 10**6, 10**30, 10**400, -(10**400)),
    *(0.0, -0.0, 0.5, 1e-3, -1e-3, 1e-7, 1e-30, 1e-46, 1e6, 1e7, 1e38, 3.5e38, 1e308, -1e308),
    *("", "s", "m", "l", "green", "red", "box", "circle", "polygon", "fixed", "floor"),
    *("chassis", "infinite", "\n", "\ud800"),
    *([], [[]], [0, 0], [0, 1, 2], [1e6, -1e6], [[0, 0]] * 3, [0] * 1000, {}, {"0": 0}, {"0": 1, "1": 2}),
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """All pairs of a container and a key in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield value, key
        yield from places(item)


def mutate(document: Any, draw: random.Random) -> None:
    """Change a document in one or a few places."""
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        sites = list(places(document))
        if not sites:
            return
        container, key = draw.choice(sites)
        other, other_key = draw.choice(sites)
        match draw.randrange(6):
            case 0 | 1:
                container[key] = copy.deepcopy(draw.choice(VALUES))
            case 2:
                del container[key]
            case 3:
                container[key] = copy.deepcopy(other[other_key])
            case 4 if isinstance(container, list):
                container.insert(key, copy.deepcopy(container[key]))
            case _ if isinstance(container[key], (int, float)):
                scale = draw.choice((-1, 0.5, 2, 10, 1e-4, 1e4, draw.uniform(-2, 2)))
                container[key] = container[key] * scale if abs(container[key]) < 1e30 else 0


def outcome(text: str) -> str:
    """The outcome of loading a text, by name; unexpected errors are raised."""
    try:
        with warnings.catch_warnings():  # files that ask for other settings of the environment load with a warning
            warnings.simplefilter("ignore", KinetixWarning)
            named = loads(text, source="fuzz.json")
    except LevelError as error:
        message = str(error)
        assert message.startswith("fuzz.json: ")
        assert message.isprintable()
        assert len(message) < 1000
        return "refused"
    validate(named.level)
    return "loaded"


def fuzz(sources: list[Any], change: Callable[[Any, random.Random], str], seed: int, rounds: int) -> dict[str, int]:
    draw = random.Random(seed)
    counts = {"loaded": 0, "refused": 0}
    for _ in range(rounds):
        counts[outcome(change(copy.deepcopy(draw.choice(sources)), draw))] += 1
    return counts


def changed_document(document: Any, draw: random.Random) -> str:
    mutate(document, draw)
    return json.dumps(document)


def changed_text(document: Any, draw: random.Random) -> str:
    """Characters lost, doubled and replaced."""
    text = json.dumps(document)
    for _ in range(draw.choice((1, 2, 5))):
        start = draw.randrange(len(text))
        end = min(len(text), start + draw.choice((1, 1, 2, 30)))
        letter = draw.choice('{}[]:,"-.0123456789eE\\ \x00ué')
        inserted = draw.choice(("", text[start:end] * 2, letter, "NaN", "[" * 50))
        text = text[:start] + inserted + text[end:]
    return text


def our_documents() -> list[Any]:
    sizes = ("s", "m", "hexagons", "void")
    drawn = [json.loads(dumps(random_level(seed, size))) for seed in range(3) for size in sizes]
    heavy = car() | {"physics": {"dt": 0.01, "slop": 0.005, "friction": 1, "motor_power": 300}}
    return [car(), car(), car(), heavy, *drawn]


def published_documents() -> list[Any]:
    """Our own exports, and the published samples where the reference has them."""
    files = [LEVELS / f"{name}.json" for name in NAMES if name[0] in "sm"]
    exports = [export_published(random_level(seed, size)) for seed in range(3) for size in ("s", "void")]
    documents = exports + [json.loads(file.read_text(encoding="utf-8")) for file in files if file.exists()]
    for document in documents:  # most of a file is tables that the import does not read
        for table in ("acc_rr_manifolds", "acc_cr_manifolds", "acc_cc_manifolds", "collision_matrix"):
            del document["env_state"][table]
    return documents


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("change", [changed_document, changed_text])
@pytest.mark.parametrize("sources", [our_documents, published_documents])
def test_mutated_files_load_or_are_refused(sources: Callable[[], list[Any]], change: Any, rounds: int) -> None:
    counts = fuzz(sources(), change, seed=len(sources.__name__), rounds=rounds)
    assert counts["refused"] > rounds / 20
    assert counts["loaded"] > rounds / 100
