"""What travels between the benchmark of training and the processes that it measures in, as JSON."""

from typing import TypedDict

__all__ = [
    "CheckJob",
    "CheckResult",
    "Curve",
    "JudgeJob",
    "JudgeResult",
    "LearnJob",
    "LearnResult",
    "ReachJob",
    "Recipe",
    "RecipeJob",
    "RecipeResult",
    "SpeedJob",
    "SpeedResult",
    "Split",
]


class Recipe(TypedDict):
    """A PPO update: its batch and its work. The other hyperparameters are those of the paper, see ppo.py."""

    envs: int
    steps: int  # of each environment an update
    epochs: int
    minibatches: int
    learning_rate: float


class SpeedJob(TypedDict):
    """Time a training update and its parts."""

    size: str
    network: str
    recipe: Recipe
    repeats: int  # updates, of which the best counts
    seconds: float  # stop repeating after that long
    devices: int
    levels: str  # .npz of levels, see env/task.py; environment i plays level i again and again
    count: int  # of them, after which they repeat
    outputs: str  # .npz of parameters, observations and what the network makes of them; "" for none


class Split(TypedDict):
    """Seconds of each part of an update."""

    physics: float  # the environment with reward, end and restart of episodes, without the observation
    observation: float
    forward: float  # the network while acting: one forward pass a step, and drawing the action
    update: float  # all else: advantages, shuffling, gradients, Adam


class SpeedResult(TypedDict):
    """What the stopwatch saw."""

    rate: float  # training steps per second, best update
    compile_seconds: float  # of the start and the update, here and below
    parameters: int  # of the network
    devices: int
    repeats: int
    split: Split


class CheckJob(TypedDict):
    """Compare our network with the published one, on what the published one wrote."""

    size: str
    network: str
    outputs: str  # see SpeedJob


class CheckResult(TypedDict):
    """The difference between the outputs of our network and of the published one."""

    logits: float  # largest difference between normalised logits
    values: float
    parameters: int


class RecipeJob(TypedDict):
    """Time training by our own recipe, with the policy set-mlp."""

    size: str
    curriculum: str  # "sfl" or "random"
    seconds: float  # of training, after compilation; at least a whole period of the curriculum
    devices: int


class RecipeResult(TypedDict):
    """What the stopwatch saw."""

    rate: float  # training steps per second, mean; steps that the curriculum plays to choose levels are not counted
    compile_seconds: float
    parameters: int
    updates: int
    envs: int
    steps: int
    devices: int


class LearnJob(TypedDict):
    """Train the published environment and network."""

    size: str
    network: str
    recipe: Recipe
    seconds: float  # of training, compilation apart
    seed: int
    devices: int
    levels: str  # .npz of levels; each update draws the levels that its environments go on with
    count: int  # of them
    outputs: str  # .npz that the parameters are written to


class LearnResult(TypedDict):
    """How training went."""

    seconds: float
    steps: int  # environment steps
    compile_seconds: float
    solved: float  # fraction of the last tenth of the updates' episodes that were solved, on levels trained on
    devices: int


class JudgeJob(TypedDict):
    """Play the held-out levels with parameters of the published network, in our environment."""

    size: str
    network: str
    outputs: str  # see LearnJob
    attempts: int  # at each level
    levels: int
    devices: int


class JudgeResult(TypedDict):
    """The results of the published network on the held-out levels."""

    solved: float  # mean over the levels
    error: float  # its standard error over levels


class ReachJob(TypedDict):
    """Train by our own recipe until a success rate on the held-out levels is reached."""

    size: str
    curriculum: str
    seed: int
    target: float
    attempts: int
    levels: int
    every: float  # seconds of training between evaluations
    seconds: float  # of training, then give up
    devices: int


class Curve(TypedDict):
    """The learning curve of our recipe: held-out success rates against time."""

    reached: float | None  # seconds of training, without compilation and evaluations; None if it was not
    seconds: list[float]  # of training, at each evaluation
    steps: list[int]
    solved: list[float]  # mean over the held-out levels
    error: list[float]  # its standard error over levels
    compile_seconds: float
    parameters: int
    devices: int
