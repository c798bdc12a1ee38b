# /// script
# dependencies = ["kinetix-env==3.0.2"]
# ///
"""Record what the published transformer gives for some weights and observations, for tests of ours.

    uv run scripts/record_transformer.py FILE.npz FOLDER

runs it in an environment of kinetix-env 3.0.2, without this repository's packages. Width 16 instead of 128, size M, and
everything is drawn at random, since the network does not ask where its numbers come from: biases and scales too, whose
initial values would hide mistakes. Logits are normalised in each of the six choices; `legacy/` is the network that
marks polygons as circles.

FOLDER becomes a checkpoint as the published agents are kept, written by its own function, with outputs.npz beside it:
what that agent gives for a hundred observations, rounded so that they take little room."""
# mypy: allow-untyped-calls

import argparse
from importlib import import_module
from pathlib import Path
from typing import Any

import jax
import numpy as np

BATCH, POLYGONS, CIRCLES, JOINTS, THRUSTERS = 8, 6, 3, 2, 2
MANY = 100  # observations of the checkpoint
CONFIG = {
    "static_env_params": {"num_motor_bindings": 4, "num_thruster_bindings": 2},
    "recurrent_model": False,
    "permutation_invariant_mlp": False,
    "activation": "tanh",
    "actor_width": 16,
    "critic_width": 16,
    "actor_depth": 5,
    "critic_depth": 5,
    "num_heads": 8,
    "transformer_depth": 2,
    "transformer_size": 16,
    "transformer_encoder_size": 16,
    "full_attention_mask": False,
    "aggregate_mode": "dummy_and_mean",
    "transformer_ffn": False,
    "multilayer_joint_thruster_mixing": False,
    "joint_thruster_block_num_layers": 2,
    "joint_thruster_block_hidden_dim_multiplication": 4,
    "dropout_prob": 0.0,
}


def observations(draw: np.random.Generator, batch: int = BATCH) -> dict[str, np.ndarray]:
    """Random ones; the first row holds all that there is room for, in the others things are missing."""
    bodies = POLYGONS + CIRCLES
    shapes = {
        "polygons": (POLYGONS, 27),
        "circles": (CIRCLES, 19),
        "joints": (2 * JOINTS, 22),
        "thrusters": (THRUSTERS, 8),
    }
    obs: dict[str, np.ndarray] = {
        kind: draw.normal(size=(batch, *shape)).astype(np.float32) for kind, shape in shapes.items()
    }
    counts = {"polygon": POLYGONS, "circle": CIRCLES, "joint": JOINTS, "thruster": THRUSTERS}
    masks = {
        kind: (draw.random((batch, count)) < 0.6) | (np.arange(batch) == 0)[:, None] for kind, count in counts.items()
    }
    masks["joint"] = np.tile(masks["joint"], 2)
    masks["polygon"][:, 0] = True  # joints and thrusters hold bodies that exist
    exists = np.concatenate([masks["polygon"], masks["circle"]], axis=1)

    def held(*shape: int) -> np.ndarray:
        return np.stack([draw.choice(np.flatnonzero(row), shape) for row in exists]).astype(np.int32)

    ends = held(JOINTS, 2)
    return {
        **obs,
        **{f"{kind}_mask": mask for kind, mask in masks.items()},
        "attention_mask": draw.random((batch, 4, bodies, bodies)) < 0.5,
        "joint_indexes": np.concatenate([ends, ends[..., ::-1]], axis=1),
        "thruster_indexes": held(THRUSTERS),
    }


def main(file: Path, folder: Path) -> None:
    """Write the recording and the checkpoint."""
    environment, models, saving = (
        import_module(f"kinetix.{name}") for name in ("environment", "models", "util.saving")
    )
    entities = import_module("kinetix.render.renderer_symbolic_entity").EntityObservation
    action, kind = environment.ActionType.MULTI_DISCRETE, environment.ObservationType.SYMBOLIC_ENTITY
    params, static = environment.EnvParams(), environment.static_env_params_from_size("m")
    env = environment.make_kinetix_env(action, kind, None, params, static)
    draw = np.random.default_rng(0)
    obs = observations(draw)

    def timed(obs: dict[str, np.ndarray]) -> Any:
        return entities(**{name: array[None] for name, array in obs.items()}), np.zeros((1, len(obs["polygons"])), bool)

    def network(legacy: bool) -> Any:
        config = {**CONFIG, "action_type": action, "observation_type": kind, "legacy_entity_id": legacy}
        return models.make_network_from_config(env, params, config, {})

    def outputs(legacy: bool, obs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        _, choices, values = network(legacy).apply({"params": weights}, None, timed(obs))
        logits = np.concatenate([one.logits[0] for one in choices.distributions], axis=-1)
        return {"logits": logits, "values": np.asarray(values[0])}

    weights = network(False).init(jax.random.PRNGKey(0), None, timed(obs))["params"]
    weights = jax.tree.map(lambda x: np.asarray(x + 0.3 * draw.normal(size=x.shape), np.float32), weights)
    out: dict[str, np.ndarray] = {f"obs/{name}": array for name, array in obs.items()}
    for path, leaf in jax.tree_util.tree_leaves_with_path({"params": weights}):
        out["/".join(key.key for key in path)] = leaf
    for prefix, legacy in (("", False), ("legacy/", True)):
        out |= {f"{prefix}{name}": array for name, array in outputs(legacy, obs).items()}
    np.savez_compressed(file, **out)  # type: ignore[arg-type]

    many = {
        name: np.round(8 * array) / 8 if array.dtype == np.float32 else array
        for name, array in observations(draw, MANY).items()
    }
    model = {name: value for name, value in CONFIG.items() if name != "static_env_params"}
    config = {"model": {**model, "legacy_entity_id": True}, "training": {"algorithm": "sfl"}}
    arrays = jax.tree.map(jax.numpy.asarray, {"params": weights})
    saving.save_pretrained_checkpoint(arrays, config, folder)
    there = {f"obs/{name}": array for name, array in many.items()} | outputs(True, many)
    np.savez_compressed(folder / "outputs.npz", **there)  # type: ignore[arg-type]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, metavar="FILE.npz", help="where the recording is written")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the checkpoint is written")
    options = parser.parse_args()
    main(options.file, options.folder)
