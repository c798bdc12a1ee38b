"""What this package registers, through the same hooks as any plugin.

The imports are inside the hooks, so that a command that needs no network does not load Flax."""

from typing import Any

from kinetix_env.plugins import hookimpl


@hookimpl
def kinetix_policies() -> list[type[Any]]:
    """Return the networks and two baselines that do not learn."""
    from .policies.baselines import NoOp, Uniform
    from .policies.flat_mlp import FlatMLP
    from .policies.pixels import PixelPolicy
    from .policies.set_mlp import SetMLP
    from .policies.transformer import Transformer

    return [SetMLP, Transformer, FlatMLP, PixelPolicy, Uniform, NoOp]


@hookimpl
def kinetix_metric_sinks() -> list[type[Any]]:
    """Return the sinks that write files, and those of experiment trackers."""
    from .metrics import CsvFile, JsonLines, TensorBoard, WandB

    return [JsonLines, CsvFile, TensorBoard, WandB]


@hookimpl
def kinetix_commands() -> list[type[Any]]:
    """Return the commands that train, fine-tune, evaluate and report."""
    from .cli.eval import Eval
    from .cli.finetune import Finetune
    from .cli.quickstart import Quickstart
    from .cli.report import Report
    from .cli.train import Train

    return [Quickstart, Train, Finetune, Eval, Report]
