"""Metric sinks: files, TensorBoard, and Weights & Biases."""

from .sinks import CsvFile as CsvFile
from .sinks import JsonLines as JsonLines
from .trackers import TensorBoard as TensorBoard
from .trackers import WandB as WandB

__all__ = ["CsvFile", "JsonLines", "TensorBoard", "WandB"]
