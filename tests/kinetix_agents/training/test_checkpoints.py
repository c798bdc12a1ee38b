"""Damaged checkpoints are skipped; a failed write leaves the others intact."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from jax.sharding import NamedSharding, PartitionSpec

from kinetix_agents.ppo import TrainState
from kinetix_agents.ppo.ppo import AXIS, device_mesh
from kinetix_agents.ppo.state import Rows
from kinetix_agents.training import Checkpoints
from kinetix_agents.training.checksums import CHECKSUMS
from kinetix_agents.training.errors import RunError
from kinetix_env import empty_level, make
from kinetix_env.errors import ConfigError

pytestmark = pytest.mark.versions

ENV = make("kinetix-s")
ROWS = 4
ROOT = Path(__file__).parents[3]


def state(number: int) -> TrainState:
    """A training state of update `number`, without a network, placed on all devices as in a run."""
    draw = np.random.default_rng(number)

    def placed(split: bool, tree: Any) -> Any:
        spec = PartitionSpec(AXIS) if split else PartitionSpec()  # type: ignore[no-untyped-call]
        return jax.device_put(tree, NamedSharding(device_mesh(), spec))

    def numbers(*shape: int) -> Any:
        return draw.normal(size=shape).astype(np.float32)

    shapes = jax.eval_shape(ENV.start, empty_level(ENV.engine.capacity))
    flags = draw.random(ROWS) < 0.5
    rows = Rows(
        state=jax.tree.map(lambda leaf: (100 * numbers(ROWS, *leaf.shape)).astype(leaf.dtype), shapes),
        obs=numbers(ROWS, 9),
        carry=(),
        tickets=(),
        begins=placed(True, flags),
        episode_return=placed(True, numbers(ROWS)),
        counts=placed(True, flags),
    )
    return TrainState(
        params=placed(False, {"weight": numbers(128, 64)}),
        opt_state=placed(False, numbers(128, 64)),
        updates=placed(False, np.int32(number)),
        rows=placed(True, rows),
        curriculum=placed(True, numbers(2, 7)),
    )


def like() -> TrainState:
    shapes: TrainState = jax.tree.map(
        lambda leaf: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype, sharding=leaf.sharding), state(0)
    )
    return shapes


def same(first: Any, second: Any) -> bool:
    pairs = zip(jax.tree.leaves(first), jax.tree.leaves(second), strict=True)
    return all(np.array_equal(np.asarray(a), np.asarray(b)) for a, b in pairs)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Checkpoints of updates 3 and 4."""
    folder = tmp_path_factory.mktemp("checkpoints") / "two"
    checkpoints = Checkpoints(folder)
    for number in (2, 3, 4):
        checkpoints.save(number, state(number), float(number))
    checkpoints.close()
    return folder


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 16
    path.write_bytes(content)


def test_the_two_newest_checkpoints_restore_bit_for_bit(two: Path) -> None:
    checkpoints = Checkpoints(two, read_only=True)
    assert checkpoints.updates == [3, 4]
    number, restored, seconds = checkpoints.restore_state(like())
    assert (number, seconds) == (4, 4.0) and same(restored, state(4))
    assert restored.rows.obs.sharding == state(4).rows.obs.sharding
    assert same(checkpoints.restore_params(state(0).params)[1], state(4).params)


@pytest.mark.parametrize("damage", [cut, flip, Path.unlink])
@pytest.mark.parametrize("part", ["params", "state", "clock", CHECKSUMS])
def test_damage_of_any_kind_is_noticed(part: str, damage: Callable[[Path], None], two: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(two, folder)
    files = [path for path in (folder / "4").rglob("*") if path.is_file() and part in path.as_posix()]
    damage(max(files, key=lambda path: path.stat().st_size))
    checkpoints = Checkpoints(folder)
    if part == CHECKSUMS and damage is Path.unlink:  # a process that was killed before it wrote them
        assert same(checkpoints.restore_state(like())[1], state(4))
        return
    with pytest.warns(UserWarning, match=r"4 cannot be read \("):
        number, restored, _ = checkpoints.restore_state(like())
    assert number == 3 and same(restored, state(3))
    checkpoints.drop_after(number)
    checkpoints.save(4, state(4), 4.0)  # training comes there again
    assert same(checkpoints.restore_state(like())[1], state(4))


def test_without_an_intact_checkpoint_every_fault_is_reported(two: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(two, folder)
    for path in folder.glob("*/state/manifest.ocdbt"):
        cut(path)
    with (
        pytest.raises(
            ConfigError, match=r"4 cannot be read \(state/manifest.ocdbt is not as it was written\)\..*3 cannot"
        ),
        pytest.warns(UserWarning, match="cannot be read"),
    ):
        Checkpoints(folder).restore_state(like())


def test_partial_checkpoints_of_a_killed_process_are_removed(two: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(two, folder)
    shutil.copytree(folder / "4" / "params", folder / "5.orbax-checkpoint-tmp" / "params")
    Checkpoints(folder, read_only=True)
    assert list(folder.glob("*tmp*"))  # another process may be writing it
    Checkpoints(folder).close()
    assert not list(folder.glob("*tmp*"))


FULL_DISK = """
import resource, sys
from pathlib import Path
from kinetix_agents.training import Checkpoints
from kinetix_agents.training.errors import RunError
from tests.kinetix_agents.training.test_checkpoints import state

checkpoints = Checkpoints(Path(sys.argv[1]))
number = state(5)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))  # no file may become larger
try:
    checkpoints.save(5, number, 5.0)
except RunError as error:
    print(error)
checkpoints.close()
"""


def test_a_failed_checkpoint_write_is_a_one_line_error_and_keeps_the_others(two: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(two, folder)
    done = subprocess.run(  # in a process of its own, for Orbax's threads go on failing for a while
        [sys.executable, "-c", FULL_DISK, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "checkpoint of update 5 cannot be written (File too large); that of update 4 is kept." in done.stdout
    assert done.stdout.count("\n") == 1 and done.stderr == ""
    checkpoints = Checkpoints(folder)
    assert checkpoints.updates == [3, 4] and same(checkpoints.restore_state(like())[1], state(4))
    checkpoints.save(5, state(5), 5.0)  # there is room again
    assert same(checkpoints.restore_state(like())[1], state(5))


def test_a_checkpoint_older_than_the_latest_is_refused(two: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(two, folder)
    checkpoints = Checkpoints(folder)
    with pytest.raises(RunError, match=r"update 1 cannot be written .*holds checkpoints up to that of update 4"):
        checkpoints.save(1, state(1), 1.0)  # Orbax writes none before its latest one, and says so only by its result
    assert checkpoints.updates == [3, 4]
