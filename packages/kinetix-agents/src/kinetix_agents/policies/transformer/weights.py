"""Weights of the published transformer (kinetix-env 3.0.2, Flax Linen) as parameters of ours, and back.

Matrices that have the same input lie side by side in one of ours: queries, keys and values; and those of a gate."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from kinetix_env.errors import ConfigError

__all__ = ["flat_weights", "from_published", "to_published"]

HEADS = "GeneralActorCriticRNN_0"
BODIES = "Transformer_0"
ENCODERS = {"circles": "Dense_0", "polygons": "Dense_1", "joints": "Dense_2", "thrusters": "Dense_3"}
PROJECTIONS = ("query", "key", "value")
GATE = {"news": (0, 2, 4), "state": (1, 3), "candidate": (5,)}  # its Dense_k in the columns of each of ours
PAIR = ("kernel", "bias")

Flat = dict[str, np.ndarray]  # named by path, as in "Dense_0/kernel"


def from_published(weights: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of `Transformer(style="published")` that compute what these weights do.

    `weights` is Linen's tree of them, or a mapping of paths such as `params/Dense_0/kernel` (or with commas) to arrays.
    """
    flat = flat_weights(weights)
    layers = _count(flat, f"{BODIES}/tf_layers_")
    stack = _count(flat, f"{HEADS}/DenseAndActivation_")
    if not layers or stack % 2:
        raise ConfigError(
            f"Weights of a published transformer have {BODIES}/tf_layers_0 and as many layers for the actor as for the "
            f"critic, got {layers} transformer layers, {stack} layers of both, and the names {', '.join(flat)[:300]}."
        )
    used: set[str] = set()

    def take(name: str) -> np.ndarray:
        if name not in flat:
            raise ConfigError(f"Weights of a published transformer need {name}; these do not have it.")
        used.add(name)
        return flat[name]

    def pair(name: str) -> dict[str, np.ndarray]:
        return {part: take(f"{name}/{part}") for part in PAIR}

    def gate(name: str) -> dict[str, Any]:
        parts = {
            ours: {"kernel": np.concatenate([take(f"{name}/Dense_{k}/kernel") for k in columns], axis=1)}
            for ours, columns in GATE.items()
        }
        return {**parts, "bias": take(f"{name}/gating_bias")}

    def layer(k: int) -> dict[str, Any]:
        name = f"{BODIES}/tf_layers_{k}"
        out = pair(f"{name}/attention1/out")
        kernels, biases = (
            [take(f"{name}/attention1/{projection}/{part}") for projection in PROJECTIONS] for part in PAIR
        )
        return {
            "query_key_value": {
                "kernel": np.concatenate([kernel.reshape(len(kernel), -1) for kernel in kernels], axis=1),
                "bias": np.concatenate([bias.reshape(-1) for bias in biases]),
            },
            "out": {**out, "kernel": out["kernel"].reshape(-1, out["kernel"].shape[-1])},
            "gate_attention": gate(f"{name}/gate1"),
            "gate_dense": gate(f"{name}/gate2"),
            "dense": pair(f"{name}/dense1"),
            "norm_attention": {"scale": take(f"{name}/ln1/scale"), "bias": take(f"{name}/ln1/bias")},
            "norm_dense": {"scale": take(f"{name}/ln2/scale"), "bias": take(f"{name}/ln2/bias")},
            "joint": pair(f"{BODIES}/joint_layers_{k}"),
            "thruster": pair(f"{BODIES}/thruster_layers_{k}"),
        }

    def dense(first: int) -> dict[int, Any]:
        return {k: pair(f"{HEADS}/DenseAndActivation_{first + k}/Dense_0") for k in range(stack // 2)}

    params = {
        "encoders": {kind: pair(name) for kind, name in ENCODERS.items()},
        "layers": {k: layer(k) for k in range(layers)},
        "actor": dense(0),
        "critic": dense(stack // 2),
        "logits": pair(f"{HEADS}/Dense_0"),
        "value": pair(f"{HEADS}/Dense_1"),
    }
    if f"{HEADS}/log_std" in flat:
        params["log_std"] = take(f"{HEADS}/log_std")
    if set(flat) - used:
        raise ConfigError(
            f"The published transformer without recurrence and in its default form has no {sorted(set(flat) - used)}."
        )
    return params


def to_published(params: Mapping[str, Any], heads: int = 8) -> dict[str, Any]:
    """Linen's tree `{"params": ...}` for the published network, from parameters of ours with this number of heads."""
    flat: Flat = {}

    def put(name: str, parts: Mapping[str, Any]) -> None:
        flat.update({f"{name}/{part}": np.asarray(array) for part, array in parts.items()})

    for kind, name in ENCODERS.items():
        put(name, params["encoders"][kind])
    for k in range(len(params["layers"])):
        ours, name = params["layers"][k], f"{BODIES}/tf_layers_{k}"
        put(f"{name}/ln1", ours["norm_attention"])
        put(f"{name}/ln2", ours["norm_dense"])
        put(f"{name}/dense1", ours["dense"])
        kernels, biases = (np.split(np.asarray(ours["query_key_value"][part]), 3, axis=-1) for part in PAIR)
        for projection, kernel, bias in zip(PROJECTIONS, kernels, biases, strict=True):
            split = {"kernel": kernel.reshape(len(kernel), heads, -1), "bias": bias.reshape(heads, -1)}
            put(f"{name}/attention1/{projection}", split)
        out = np.asarray(ours["out"]["kernel"])
        put(f"{name}/attention1/out", {**ours["out"], "kernel": out.reshape(heads, -1, out.shape[-1])})
        for gate, which in (("gate1", "gate_attention"), ("gate2", "gate_dense")):
            flat[f"{name}/{gate}/gating_bias"] = np.asarray(ours[which]["bias"])
            for part, columns in GATE.items():
                for column, kernel in zip(
                    columns, np.split(np.asarray(ours[which][part]["kernel"]), len(columns), axis=1), strict=True
                ):
                    flat[f"{name}/{gate}/Dense_{column}/kernel"] = kernel
        put(f"{BODIES}/joint_layers_{k}", ours["joint"])
        put(f"{BODIES}/thruster_layers_{k}", ours["thruster"])
    stack = [params[part][k] for part in ("actor", "critic") for k in range(len(params[part]))]
    for k, layer in enumerate(stack):
        put(f"{HEADS}/DenseAndActivation_{k}/Dense_0", layer)
    put(f"{HEADS}/Dense_0", params["logits"])
    put(f"{HEADS}/Dense_1", params["value"])
    if "log_std" in params:
        flat[f"{HEADS}/log_std"] = np.asarray(params["log_std"])
    return {"params": _nested(flat)}


def flat_weights(tree: Mapping[str, Any], above: str = "") -> Flat:
    """Arrays by path, as in "Dense_0/kernel": without the outermost `params`."""
    flat: Flat = {}
    for key, value in tree.items():
        name = f"{above}{key}".replace(",", "/").removeprefix("params/")
        if isinstance(value, Mapping):
            flat.update(flat_weights(value, "" if name == "params" else f"{name}/"))
        else:
            flat[name] = np.asarray(value)
    return flat


def _nested(flat: Flat) -> dict[str, Any]:
    """The tree of arrays that are named by their paths."""
    tree: dict[str, Any] = {}
    for name, array in flat.items():
        *parents, last = name.split("/")
        at = tree
        for parent in parents:
            at = at.setdefault(parent, {})
        at[last] = array
    return tree


def _count(flat: Flat, prefix: str) -> int:
    """The number of modules named by this prefix and an index."""
    return len({name.removeprefix(prefix).split("/")[0] for name in flat if name.startswith(prefix)})
