"""One of two processes that train together: `python one_of_two.py PORT NUMBER FOLDER`. test_processes.py starts them.

Prints a digest of what the process has in its memory at the end."""

import hashlib
import json
import sys
from pathlib import Path

from kinetix_agents.policies.set_mlp import SetMLP
from kinetix_agents.ppo import PPOConfig
from kinetix_agents.training import RunConfig, train
from kinetix_agents.training.processes import is_first, join_processes, of_all_processes
from kinetix_env.devices import start_devices
from kinetix_env.sources import ListCurriculum

CONFIG = RunConfig(
    curriculum=ListCurriculum(levels=("suite:s",)),
    policy=SetMLP(width=8, trunk=8),
    ppo=PPOConfig(envs=8, steps=4, epochs=1, minibatches=2, groups=2),
    steps=4 * 32,
)

if __name__ == "__main__":
    port, number, folder = sys.argv[1:]
    join_processes(f"localhost:{port}", 2, int(number))
    devices = of_all_processes(start_devices(1))
    state = train(CONFIG, Path(folder), devices=devices)

    import jax
    import numpy as np

    digest = hashlib.sha256()
    for leaf in jax.tree.leaves((state.params, state.opt_state, state.updates)):
        digest.update(np.asarray(leaf.addressable_shards[0].data).tobytes())
    print(json.dumps({"digest": digest.hexdigest(), "devices": len(devices), "first": is_first()}))
