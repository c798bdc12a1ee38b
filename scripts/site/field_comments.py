"""An extension of griffe: the comment after a field is the field's documentation.

`position: Float[Array, "body 2"]  # m` is how this project says units and meanings, once, where the field is
declared. The command line reads these comments too (through tyro); this extension brings them to the API reference."""

from typing import Any

import griffe

__all__ = ["FieldComments"]


class FieldComments(griffe.Extension):
    """Documents attributes that have no docstring by the comment that ends their last line."""

    def on_attribute_instance(self, *, attr: griffe.Attribute, **_: Any) -> None:
        """Called by griffe for every attribute that it finds."""
        if attr.docstring or attr.lineno is None or isinstance(attr.filepath, list):
            return
        line = attr.lines_collection[attr.filepath][(attr.endlineno or attr.lineno) - 1]
        comment = line.partition("  # ")[2].strip()
        if comment and not comment.startswith(("type:", "noqa", "pragma")):
            attr.docstring = griffe.Docstring(comment, parent=attr, lineno=attr.lineno)
