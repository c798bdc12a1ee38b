"""Train and evaluate general agents on open-ended 2D physics tasks."""

__all__: list[str] = []
