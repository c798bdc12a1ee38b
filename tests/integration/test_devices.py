"""Importing registered parts does not initialise JAX: a command may still set the number of devices afterwards."""

import os
import subprocess
import sys

PROGRAM = """
from kinetix_env.devices import start_devices
from kinetix_env.plugins import registry
from kinetix_env.plugins import KINDS

found = registry()
for kind in KINDS:
    list(found.catalogue(kind).values())
print(len(start_devices(3)))
"""


def test_importing_registered_parts_does_not_initialise_jax() -> None:
    env = {name: value for name, value in os.environ.items() if name != "JAX_NUM_CPU_DEVICES"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "3\n"
