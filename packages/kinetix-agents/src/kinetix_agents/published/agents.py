"""A folder of a published agent: `params.safetensors` and `config.json` (kinetix-env 3.0.2).

The file holds the parameters of its Flax transformer, named by their paths; the configuration's `model` says how large
the network is. Weights must be just those that such a network has. Variants of the network that ours does not compute
are refused."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import numpy as np

from jax2d.checks import shown
from kinetix_env.environments import KinetixL, make
from kinetix_env.errors import ConfigError
from kinetix_env.protocols import ActionSpaceConfig
from kinetix_env.task import Continuous, Discrete, MultiDiscrete

from ..policies.build import build_policy
from ..policies.transformer import Transformer, from_published, to_published
from ..policies.transformer.weights import flat_weights
from ..ppo import PPOConfig
from ..training.config import RunConfig
from .tensors import read_tensors

__all__ = ["PARAMS", "is_published", "read_published"]

PARAMS = "params.safetensors"
CONFIG = "config.json"

# an option of its configuration, ours, and what it is in the published agents
SIZES = {
    "transformer_depth": ("layers", 2),
    "transformer_encoder_size": ("width", 128),
    "num_heads": ("heads", 8),
    "transformer_size": ("attention", 16),
    "actor_depth": ("head_depth", 5),
    "actor_width": ("head_width", 128),
}
# what is not a matter of size must be as it is in the published agents
FIXED = {
    "recurrent_model": False,
    "permutation_invariant_mlp": False,
    "full_attention_mask": False,
    "transformer_ffn": False,
    "multilayer_joint_thruster_mixing": False,
    "aggregate_mode": "dummy_and_mean",
    "activation": "tanh",
}
LOGITS = "GeneralActorCriticRNN_0/Dense_0/bias"  # as many numbers as the network gives for an action
ACTIONS: dict[int, ActionSpaceConfig] = {16: MultiDiscrete(), 11: Discrete(), 6: Continuous()}
SHOWN = 3  # names in an error
MOST = 4096  # of every size of a network

# What the published agents learnt with, but for sizes that suit a GPU
LEARNING = PPOConfig(learning_rate=5e-5, anneal=False, gae_lambda=0.9, clip_value=True)


@dataclass(frozen=True, kw_only=True)
class _Model:
    """A published network, and the action space that it is for."""

    policy: Transformer  # the network
    action_space: ActionSpaceConfig  # of the policy
    weights: dict[str, np.ndarray]  # by path


def is_published(folder: Path) -> bool:
    """Whether a folder holds a published agent, and no run."""
    return (folder / PARAMS).is_file()


def read_published(folder: Path) -> tuple[RunConfig, Any]:
    """A run that goes on with the published agent of a folder, and the agent's parameters.

    The folder holds `params.safetensors` and `config.json`; a `ConfigError` says what does not fit.
    """
    model = _read(folder)
    return _run(model), from_published(model.weights)


def _run(model: _Model) -> RunConfig:
    """The configuration of a run of the model in size L, which holds every level of sizes S and M too."""
    return RunConfig(environment=KinetixL(), action_space=model.action_space, policy=model.policy, ppo=LEARNING)


def _read(folder: Path) -> _Model:
    for name in (PARAMS, CONFIG):
        if not (folder / name).is_file():
            raise ConfigError(f"{folder}: is no folder of a published agent, for there is no {name} in it.")
    policy = _network(folder / CONFIG)
    tensors = read_tensors(folder / PARAMS)
    weights = flat_weights(tensors)
    if len(weights) != len(tensors):
        raise ConfigError(f"{folder / PARAMS}: two of its {len(tensors)} arrays have the same path.")
    logits = weights.get(LOGITS, np.zeros(16))
    if logits.ndim != 1 or logits.shape[0] not in ACTIONS:
        counts = ", ".join(f"{count} ({space.name})" for count, space in ACTIONS.items())
        raise ConfigError(f"{folder / PARAMS}: {LOGITS} must have one of these lengths: {counts}, got {logits.shape}.")
    model = _Model(policy=policy, action_space=ACTIONS[logits.shape[0]], weights=weights)
    _check_weights(folder / PARAMS, model)
    return model


def _network(path: Path) -> Transformer:
    """The network that a `config.json` describes."""
    try:
        options = json.loads(path.read_text(encoding="utf-8"))["model"]
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError, RecursionError):
        options = None
    if not isinstance(options, dict):
        raise ConfigError(f'{path}: must be a JSON object whose "model" is an object with the network\'s options.')
    for name, value in FIXED.items():
        if options.get(name, value) != value:
            got = shown(options[name])
            raise ConfigError(f"{path}: the network's {name} must be {value!r}, as published, got {got}.")
    sizes = {ours: options.get(name, usual) for name, (ours, usual) in SIZES.items()}
    for actor, critic in (("actor_depth", "critic_depth"), ("actor_width", "critic_width")):
        if options.get(critic, sizes[SIZES[actor][0]]) != sizes[SIZES[actor][0]]:
            raise ConfigError(f"{path}: {critic} must be equal to {actor}, got {shown(options[critic])}.")
    for name, (ours, _) in SIZES.items():
        if isinstance(sizes[ours], int) and sizes[ours] > MOST:  # its network would be built to compare its weights
            raise ConfigError(f"{path}: {name} must be at most {MOST}, got {shown(sizes[ours])}.")
    try:
        return Transformer(style="published", legacy_kinds=options.get("legacy_entity_id", False), **sizes)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def _check_weights(path: Path, model: _Model) -> None:
    """Raise a `ConfigError` if weights are missing, unknown or of another shape."""
    env = make("kinetix-s", observation=model.policy.observation, action=model.action_space)
    like = jax.eval_shape(build_policy(model.policy, env).init, jax.random.key(0))
    zeros = jax.tree.map(lambda leaf: np.broadcast_to(np.float32(0), leaf.shape), like)
    takes = flat_weights(to_published(zeros, model.policy.sizes.heads))
    wrong = [
        f"{name} has the shape {model.weights[name].shape} and must have {takes[name].shape}"
        for name in sorted(takes.keys() & model.weights.keys())
        if takes[name].shape != model.weights[name].shape
    ]
    missing, unknown = takes.keys() - model.weights.keys(), model.weights.keys() - takes.keys()
    parts = [f"{words} {_some(names)}" for words, names in (("lacks", missing), ("has no use for", unknown)) if names]
    if wrong:
        parts.append("; ".join(wrong[:SHOWN]) + (f"; and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""))
    if parts:
        raise ConfigError(f"{path}: the network of {CONFIG} {', '.join(parts)}.")


def _some(names: Any) -> str:
    named = [name if name.isprintable() else shown(name) for name in sorted(names)]
    return ", ".join(named[:SHOWN]) + (f" and {len(named) - SHOWN} more" if len(named) > SHOWN else "")
