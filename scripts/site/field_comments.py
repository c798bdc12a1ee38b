"""An extension of griffe: the comment after a field is the field's documentation.

`position: Float[Array, "body 2"]  # m` is how this project says units and meanings, once, where the field is
declared. The command line reads these comments too (through tyro); this extension brings them to the API reference.
Where a field has the help of a flag instead, `Annotated[int, arg(help="...")]`, it takes that."""

import ast
from typing import Any

import griffe

__all__ = ["FieldComments"]

TOOLS = ("type:", "noqa", "pragma")  # how comments for tools begin


class FieldComments(griffe.Extension):
    """Documents attributes that have no docstring by the comment that ends their last line."""

    def on_attribute_instance(self, *, attr: griffe.Attribute, **_: Any) -> None:
        """Called by griffe for every attribute that it finds."""
        if attr.docstring or attr.lineno is None or isinstance(attr.filepath, list):
            return
        line = attr.lines_collection[attr.filepath][(attr.endlineno or attr.lineno) - 1]
        comment = line.partition("  # ")[2].strip()
        words = _help(str(attr.annotation)) if not comment or comment.startswith(TOOLS) else comment
        if words:
            attr.docstring = griffe.Docstring(words, parent=attr, lineno=attr.lineno)


def _help(annotation: str) -> str:
    """The text of `arg(help=...)` in an annotation, or nothing."""
    if "help=" not in annotation:
        return ""
    keywords = [node for node in ast.walk(ast.parse(annotation)) if isinstance(node, ast.keyword)]
    texts = [word.value.value for word in keywords if word.arg == "help" and isinstance(word.value, ast.Constant)]
    return str(texts[0]) if texts else ""
