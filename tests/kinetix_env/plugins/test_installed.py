"""Plugins as third-party packages: built, installed, and found by the command."""

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.versions

BROKEN = "The plugin 'kinetix-bad' of kinetix-bad 0.3 failed: ZeroDivisionError: division by zero"
WARNING = f"kinetix: warning: {BROKEN}\n"

SCRIPT = """
import json, jax
from pathlib import Path
from kinetix_env import empty_level, make
from kinetix_env.plugins import registry
from kinetix_env.level.sizes import SIZES

known = registry()
level = known.level_generators["ball"](lowest=3.0).build(SIZES["s"]).sample(jax.random.key(0))
env = make("kinetix-s", observation="heights")
obs, state = env.reset(jax.random.key(0), level)
sink = known.metric_sinks["print"]().build(Path("."))
sink.write(7, {"loss": 0.5})
sink.close()
documented = make("kinetix-s", observation="positions")
rows, _ = documented.reset(jax.random.key(0), empty_level(SIZES["s"]))
print(json.dumps([obs.tolist(), rows.shape, float(rows[0]), known.sources("observations")["heights"].version]))
"""


@pytest.fixture(scope="module")
def answers(place):
    done = place.run(SCRIPT)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_generator_the_observation_and_the_sink_of_an_installed_plugin_work(answers):
    assert answers[:2] == ["7 {'loss': 0.5}", "closed"]
    heights, _, _, version = json.loads(answers[2])
    assert len(heights) == 7 and 3.0 <= heights[5] <= 4.0
    assert version == "0.3"


def test_the_plugin_of_the_documentation_works(answers):
    _, shape, x, _ = json.loads(answers[2])
    assert shape == [14]
    assert x == 0.5  # the floor's 2.5 m, in units of 5 m


def test_the_program_lists_them_with_their_distribution_and_the_plugin_that_failed(place):
    done = place.kinetix("plugins")
    assert (done.returncode, done.stderr) == (0, WARNING)
    assert done.stdout.endswith(f"Failed:\n  {BROKEN}\n")
    rows = [" ".join(line.split()) for line in done.stdout.splitlines()]
    for start in (
        "level generator ball kinetix-example 0.3",
        "observation heights kinetix-example 0.3",
        "metric sink print kinetix-example 0.3",
        "command greet warmly kinetix-example 0.3",
        "observation positions kinetix-positions 1.0",
        "observation entity kinetix-env",
    ):
        assert any(row.startswith(start) for row in rows), f"{start} is not in {done.stdout}"


def test_the_program_runs_the_command_of_a_plugin_and_warns_of_the_broken_one(place):
    done = place.kinetix("greet", "warmly", "--whom", "Ada")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Dear Ada!\n", WARNING)


def test_a_name_claimed_by_two_plugins_is_a_one_line_error(place, tmp_path: Path):
    from .conftest import EXAMPLE, write_project

    code = (EXAMPLE / "kinetix_example.py").read_text(encoding="utf-8")
    place.pip("--target", tmp_path / "site", write_project(tmp_path / "src", "kinetix-rival", "kinetix_rival", code))
    done = place.kinetix("greet", "warmly", also=tmp_path / "site")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"{WARNING}kinetix: error: Two plugins register command 'greet warmly': "
        "kinetix-example 0.3 (kinetix_example.Greet) and kinetix-rival 0.3. Uninstall one of them.\n"
    )
