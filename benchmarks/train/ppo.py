"""A plain PPO update (arXiv:1707.06347) for the published parts: collect, advantages, a few epochs of minibatches.

Hyperparameters of the paper (arXiv:2410.23208) but for the batch: discount 0.995, lambda 0.9, clip 0.2, entropy 0.01,
value 0.5 with a clipped loss, Adam with eps 1e-5, gradients clipped to norm 1, advantages normalised per minibatch. The
end of an episode by time counts as an end. With several devices each plays an equal part of the environments, shuffles
its own minibatches, and gradients are averaged.

Needs optax besides JAX."""
# mypy: allow-untyped-calls, disable-error-code="import-untyped"
# (JAX leaves many of its functions without annotations.)

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax

from benchmarks.env.task import Tree
from benchmarks.train.job import Recipe
from benchmarks.train.side import AXIS, Side

__all__ = ["Learner", "Updated", "learner", "make_update"]

DISCOUNT, LAMBDA = 0.995, 0.9
CLIP, ENTROPY, VALUE, NORM = 0.2, 0.01, 0.5, 1.0


class Learner(NamedTuple):
    """The state of training, which an update replaces."""

    params: Tree
    memory: Tree  # of the optimiser
    state: Tree  # of the environments
    obs: Tree


class Moment(NamedTuple):
    """A transition of each environment, with the policy's log-probability and value."""

    obs: Tree
    action: jax.Array
    log_prob: jax.Array
    value: jax.Array
    reward: jax.Array
    done: jax.Array
    solved: jax.Array


class Updated(NamedTuple):
    """Sums over the steps of an update."""

    episodes: jax.Array
    solved: jax.Array


def _optimiser(recipe: Recipe) -> optax.GradientTransformation:
    return optax.chain(optax.clip_by_global_norm(NORM), optax.adam(recipe["learning_rate"], eps=1e-5))


def learner(side: Side, recipe: Recipe, own: Tree, key: jax.Array) -> Learner:
    """The initial state of training."""
    params = side.init(key)
    obs, state = side.start(own)
    return Learner(params, _optimiser(recipe).init(params), state, obs)


def _collect(side: Side, recipe: Recipe, now: Learner, own: Tree, key: jax.Array) -> tuple[Learner, Moment]:
    """Play; moments are [step, environment]."""

    def advance(now: Learner, key: jax.Array) -> tuple[Learner, Moment]:
        action_key, step_key = jax.random.split(key)
        action, log_prob, value = side.act(now.params, now.obs, action_key)
        keys = jax.random.split(step_key, len(value))
        obs, state, reward, done, solved = side.step(own, keys, now.state, action)
        moment = Moment(now.obs, action, log_prob, value, reward, done, solved)
        return now._replace(state=state, obs=obs), moment

    return jax.lax.scan(advance, now, jax.random.split(key, recipe["steps"]))


def _advantages(played: Moment, last: jax.Array) -> jax.Array:
    """Generalised advantage estimates (arXiv:1506.02438); `last` is the value of what was seen at the end."""

    def back(carry: tuple[jax.Array, jax.Array], moment: Moment) -> tuple[tuple[jax.Array, jax.Array], jax.Array]:
        advantage, following = carry
        going = 1.0 - moment.done
        error = moment.reward + DISCOUNT * going * following - moment.value
        advantage = error + DISCOUNT * LAMBDA * going * advantage
        return (advantage, moment.value), advantage

    return jax.lax.scan(back, (jnp.zeros_like(last), last), played, reverse=True)[1]


def _loss(params: Tree, side: Side, batch: tuple[Moment, jax.Array]) -> jax.Array:
    moment, advantage = batch
    log_prob, entropy, value = side.judge(params, moment.obs, moment.action)
    target = advantage + moment.value
    near = moment.value + jnp.clip(value - moment.value, -CLIP, CLIP)
    value_loss = 0.5 * jnp.maximum((value - target) ** 2, (near - target) ** 2).mean()
    advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
    ratio = jnp.exp(log_prob - moment.log_prob)
    gain = jnp.minimum(ratio * advantage, jnp.clip(ratio, 1 - CLIP, 1 + CLIP) * advantage).mean()
    return -gain + VALUE * value_loss - ENTROPY * entropy.mean()


def make_update(side: Side, recipe: Recipe, devices: int) -> Callable[..., tuple[Learner, Updated]]:
    """An update, (learner, own levels, key) -> learner, sums; each device has an equal part of the environments."""
    optimiser, minibatches = _optimiser(recipe), recipe["minibatches"]

    def over_all(tree: Tree, reduce: Callable[[Tree, str], Tree]) -> Tree:
        return reduce(tree, AXIS) if devices > 1 else tree

    def improve(learnt: tuple[Tree, Tree], batch: tuple[Moment, jax.Array]) -> tuple[tuple[Tree, Tree], None]:
        params, memory = learnt
        gradient = over_all(jax.grad(_loss)(params, side, batch), jax.lax.pmean)
        change, memory = optimiser.update(gradient, memory, params)
        return (optax.apply_updates(params, change), memory), None

    def update(now: Learner, own: Tree, key: jax.Array) -> tuple[Learner, Updated]:
        key = jax.random.fold_in(key, jax.lax.axis_index(AXIS)) if devices > 1 else key
        play_key, value_key, epochs_key = jax.random.split(key, 3)
        now, played = _collect(side, recipe, now, own, play_key)
        last = side.act(now.params, now.obs, value_key)[2]
        samples = jax.tree.map(lambda x: x.reshape(-1, *x.shape[2:]), (played, _advantages(played, last)))

        def epoch(learnt: tuple[Tree, Tree], key: jax.Array) -> tuple[tuple[Tree, Tree], None]:
            order = jax.random.permutation(key, played.value.size).reshape(minibatches, -1)
            shuffled = jax.tree.map(lambda x: x[order], samples)
            return jax.lax.scan(improve, learnt, shuffled)

        keys = jax.random.split(epochs_key, recipe["epochs"])
        (params, memory), _ = jax.lax.scan(epoch, (now.params, now.memory), keys)
        sums: Any = Updated(played.done.sum(), (played.done & played.solved).sum())
        return now._replace(params=params, memory=memory), over_all(sums, jax.lax.psum)

    return update
