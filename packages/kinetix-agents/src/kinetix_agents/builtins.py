"""What this package registers, through the same hooks as everybody else.

The imports are inside the hooks, so that a command that needs no network does not wait for Flax."""

from typing import Any

from kinetix_env.plugins import hookimpl


@hookimpl
def kinetix_policies() -> list[type[Any]]:
    """Networks, and two that learn nothing to compare with."""
    from .policies.baselines import NoOp, Uniform
    from .policies.flat_mlp import FlatMLP
    from .policies.pixels import PixelPolicy
    from .policies.set_mlp import SetMLP
    from .policies.transformer import Transformer

    return [SetMLP, Transformer, FlatMLP, PixelPolicy, Uniform, NoOp]


@hookimpl
def kinetix_metric_sinks() -> list[type[Any]]:
    """Files, and experiment trackers."""
    from .metrics import CsvFile, JsonLines, TensorBoard, WandB

    return [JsonLines, CsvFile, TensorBoard, WandB]


@hookimpl
def kinetix_commands() -> list[type[Any]]:
    """Train, fine-tune, evaluate and report."""
    from .cli.eval import Eval
    from .cli.finetune import Finetune
    from .cli.quickstart import Quickstart
    from .cli.report import Report
    from .cli.train import Train

    return [Quickstart, Train, Finetune, Eval, Report]
