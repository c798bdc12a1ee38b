"""Train and evaluate general agents on open-ended 2D physics tasks. The tour is in the README.

The names are imported when they are first asked for: the command's `--help` need not wait for JAX and Flax."""

from typing import TYPE_CHECKING

from jax2d.lazy import lazy_names

if TYPE_CHECKING:
    from .agent import Agent as Agent
    from .agent import load_agent as load_agent
    from .agent import load_published as load_published
    from .api import Run as Run
    from .api import open_run as open_run
    from .api import train as train
    from .evaluation import Evaluation as Evaluation
    from .evaluation import Evaluator as Evaluator
    from .evaluation import evaluate as evaluate
    from .policies.network import NetworkPolicy as NetworkPolicy
    from .policies.set_mlp import SetMLP as SetMLP
    from .policies.transformer import Transformer as Transformer
    from .ppo import PPO as PPO
    from .ppo import PPOConfig as PPOConfig
    from .training import RunConfig as RunConfig

__all__ = [
    "PPO",
    "Agent",
    "Evaluation",
    "Evaluator",
    "NetworkPolicy",
    "PPOConfig",
    "Run",
    "RunConfig",
    "SetMLP",
    "Transformer",
    "evaluate",
    "load_agent",
    "load_published",
    "open_run",
    "train",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "agent": ("Agent", "load_agent", "load_published"),
        "api": ("Run", "open_run", "train"),
        "evaluation": ("Evaluation", "Evaluator", "evaluate"),
        "policies.network": ("NetworkPolicy",),
        "policies.set_mlp": ("SetMLP",),
        "policies.transformer": ("Transformer",),
        "ppo": ("PPO", "PPOConfig"),
        "training": ("RunConfig",),
    },
)
