"""Docs, help, error messages, sources and names of tests use the words of the field; docs/glossary.md lists them."""

import ast
import re
import tokenize
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Counts and units between which "a" stands for "per"; "plays a level" has none of the counts.
COUNTS = (
    "steps|levels|frames|images|observations|environments|seeds|numbers?|rows?|one|once|twice|times|process|thread|"
    "device|curriculum|gradients?|[kM]"
)
UNITS = (
    "second|minute|step|update|call|run|epoch|joint|thruster|body|level|episode|device|core|pair|scene|metre|kind|"
    "size|side"
)

# What was written, and what to write instead.
DIALECT = {
    rf"\b(?:{COUNTS}) an? (?:{UNITS})\b|\b\d[\d.,]*(?: [kM])? \w+s an? (?:{UNITS})\b": "per",
    r"\b(?:told|tells?|telling)\b": "say, show, report, receive, know",
    r"\bso many\b": "the number itself: N, `batch`",
    r"\bhow many-eth\b": "the index of",
    r"\b(?:whoever|somebody|nobody|anybody)\b": "the user, the caller, no one; or a sentence without a person",
    r"\bshares? of\b|\bas a share\b": "fraction of",
    r"\bthe same, complete\b": "a sentence that stands alone",
    r"\bsolve rates?\b": "success rate",
}


def pages() -> list[Path]:
    """What people read about the project."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "RELEASING.md", *ROOT.glob("docs/**/*.md")]
    for folder in ("packages", "plugins"):
        found += [*ROOT.glob(f"{folder}/*/README.md"), *ROOT.glob(f"{folder}/*/CHANGELOG.md")]
    return sorted(path for path in found if path.is_file())


def prose(path: Path) -> str:
    """A page without its code; of a changelog, the top section only."""
    text = path.read_text(encoding="utf-8")
    if path.name == "CHANGELOG.md":
        text = "\n## ".join(text.split("\n## ")[:2])
    return re.sub(r"```.*?```", lambda block: "\n" * block[0].count("\n"), text, flags=re.DOTALL)


def modules(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in ROOT.glob(f"{pattern}/**/*.py"))


SOURCES = modules("packages/*/src", "plugins/*/src")
PROGRAMS = modules("benchmarks", "scripts")
TESTS = modules("tests", "plugins/*/tests")


def of_commands(tree: ast.Module, source: str) -> Iterator[tuple[int, str]]:
    """The help of the configs in a module: docstrings, comments after fields, and `arg(help=...)`."""
    lines = source.splitlines()
    for cls in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
        fields = [node for node in cls.body if isinstance(node, ast.AnnAssign)]
        if not any(isinstance(field.target, ast.Name) and field.target.id == "name" for field in fields):
            continue  # what is registered has a name
        yield cls.lineno, ast.get_docstring(cls) or ""
        for field in fields:
            yield field.lineno, lines[(field.end_lineno or field.lineno) - 1].partition("  # ")[2]
            yield from ((node.lineno, node.value) for node in ast.walk(field.annotation) if is_text(node))


def of_errors(tree: ast.Module, _: str) -> Iterator[tuple[int, str]]:
    """The texts of errors: string literals in `raise` statements."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and node.exc is not None:
            yield from ((part.lineno, part.value) for part in ast.walk(node.exc) if is_text(part))


def of_source(tree: ast.Module, source: str) -> Iterator[tuple[int, str]]:
    """The docstrings and comments of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False):
            words = node.body[0]
            yield words.lineno, ast.get_docstring(node, clean=False) or ""
    for token in tokenize.generate_tokens(StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def of_strings(tree: ast.Module, _: str) -> Iterator[tuple[int, str]]:
    """All texts of a module, of which programs print headings, help and results."""
    yield from ((node.lineno, node.value) for node in ast.walk(tree) if is_text(node))


def of_test_names(tree: ast.Module, _: str) -> Iterator[tuple[int, str]]:
    """The names of test functions as sentences."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.lineno, node.name.replace("_", " ")


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def dialect(text: str) -> Iterator[tuple[int, str]]:
    """The line, from 0, of each expression to avoid, and what it should be."""
    for pattern, better in DIALECT.items():
        for found in re.finditer(pattern.replace(" ", r"(?: +|\n *)"), text, re.IGNORECASE):
            yield text.count("\n", 0, found.start()), f"{found[0]!r} (better: {better})"


def named(path: Path, line: int, words: str) -> str:
    return f"{path.relative_to(ROOT)}:{line}: {words}"


def test_docs_use_standard_terms() -> None:
    found = [named(path, line + 1, words) for path in pages() for line, words in dialect(prose(path))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("texts_of", "paths"),
    [
        (of_commands, SOURCES),
        (of_errors, SOURCES),
        (of_source, [*SOURCES, *PROGRAMS, *TESTS]),
        (of_strings, PROGRAMS),
        (of_test_names, TESTS),
    ],
    ids=["help", "errors", "source", "printed", "test-names"],
)
def test_help_errors_source_and_test_names_use_standard_terms(
    texts_of: Callable[..., Iterator[tuple[int, str]]], paths: list[Path]
) -> None:
    assert len(paths) > 50
    found = []
    for path in paths:
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
        found += [
            named(path, start + line, words) for start, text in texts_of(tree, source) for line, words in dialect(text)
        ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "is_dialect"),
    [
        ("731 k steps a second", True),
        ("steps per second", False),
        ("one number a joint", True),
        ("5 trials an update", True),
        ("plays a level", False),
        ("A curriculum is\ntold how it went", True),
        ("a share of the levels", True),
    ],
)
def test_dialect_is_recognised(text: str, is_dialect: bool) -> None:
    assert bool([*dialect(text)]) is is_dialect
