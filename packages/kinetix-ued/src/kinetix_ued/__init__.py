"""Curricula: which levels an agent trains on next."""

__all__: list[str] = []
