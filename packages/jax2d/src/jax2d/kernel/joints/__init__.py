"""Joints in the step: what all kinds have in common (`common.py`), one file per kind, and the choice between them
(`prepare.py`)."""
