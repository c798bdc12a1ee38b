"""What a plugin author implements: the protocol of every kind of part, and of its registered config."""

from .task.env_config import EnvironmentConfig as EnvironmentConfig
from .task.protocols import ActionSpace as ActionSpace
from .task.protocols import ActionSpaceConfig as ActionSpaceConfig
from .task.protocols import Command as Command
from .task.protocols import Config as Config
from .task.protocols import Curriculum as Curriculum
from .task.protocols import CurriculumConfig as CurriculumConfig
from .task.protocols import Distribution as Distribution
from .task.protocols import LevelGenerator as LevelGenerator
from .task.protocols import LevelGeneratorConfig as LevelGeneratorConfig
from .task.protocols import LevelSource as LevelSource
from .task.protocols import MetricSink as MetricSink
from .task.protocols import MetricSinkConfig as MetricSinkConfig
from .task.protocols import Observation as Observation
from .task.protocols import ObservationConfig as ObservationConfig
from .task.protocols import Outcome as Outcome
from .task.protocols import Policy as Policy
from .task.protocols import PolicyConfig as PolicyConfig
from .task.protocols import Probe as Probe
from .task.protocols import Reward as Reward
from .task.protocols import RewardConfig as RewardConfig

__all__ = [
    "ActionSpace",
    "ActionSpaceConfig",
    "Command",
    "Config",
    "Curriculum",
    "CurriculumConfig",
    "Distribution",
    "EnvironmentConfig",
    "LevelGenerator",
    "LevelGeneratorConfig",
    "LevelSource",
    "MetricSink",
    "MetricSinkConfig",
    "Observation",
    "ObservationConfig",
    "Outcome",
    "Policy",
    "PolicyConfig",
    "Probe",
    "Reward",
    "RewardConfig",
]
