"""The engine: one step of one scene, and by `jax.vmap` of as many as memory holds."""

from collections.abc import Callable
from typing import Any, TypeVar

import equinox as eqx
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from .batching import run_batched
from .boundary import WALLS
from .capacity import Capacity
from .contacts import Contacts
from .engine_checks import check_action, check_shapes
from .errors import SceneError
from .kernel.solver import AbstractSolver, SequentialImpulses
from .kernel.step import ContactPoints, find_contacts, no_contacts, step
from .params import PhysicsParams
from .scene import Scene
from .state import State

__all__ = ["Engine"]

T = TypeVar("T")


class Engine(eqx.Module):
    """Simulates scenes of one capacity.

    Every method works on one scene; `jax.jit`, `jax.vmap` and `jax.lax.scan` around it work in any nesting,
    and `jax.vmap` is the fast path: all vmaps together become one batch-last kernel. With
    `differentiable=True` the step is left to JAX's own vmap instead, so that reverse-mode derivatives
    exist; it is slower then. With `confined=True` the first four static polygons are floor, left wall, right wall and
    ceiling, and no centre of a movable body leaves the room between them (docs/physics.md).
    """

    capacity: Capacity = eqx.field(static=True)
    params: PhysicsParams = PhysicsParams()
    solver: AbstractSolver = SequentialImpulses()
    differentiable: bool = eqx.field(static=True, default=False)
    confined: bool = eqx.field(static=True, default=False)

    def __check_init__(self) -> None:
        for name, kind in (("capacity", Capacity), ("params", PhysicsParams), ("solver", AbstractSolver)):
            value = getattr(self, name)
            if not isinstance(value, kind):
                raise SceneError(f"Engine.{name} must be a {kind.__name__}, got {value!r}.")
        if self.confined and self.capacity.static_polygons < len(WALLS):
            walls = self.capacity.static_polygons
            raise SceneError(f"Engine.confined needs a capacity with {len(WALLS)} static polygons, got {walls}.")

    def step(
        self, scene: Scene, state: State, action: Float[Array, " action"], params: PhysicsParams | None = None
    ) -> tuple[State, Contacts]:
        """Advance one scene by `dt` under an action.

        The action has one number per joint (the motor's direction and fraction of its speed, 0 for off), then one
        per thruster (the fraction of its power). `params` replaces those of the engine, for example with one set per
        scene. The contacts are those that the step resolved, with the impulses that it found.
        """
        return self.rollout(scene, state, jnp.asarray(action)[None], params)

    def rollout(
        self, scene: Scene, state: State, actions: Float[Array, "time action"], params: PhysicsParams | None = None
    ) -> tuple[State, Contacts]:
        """Take one step per row of `actions` and return what the last one returned. Faster than repeated `step`s."""
        check_shapes("Engine.step", self.capacity, scene, state)
        actions = check_action("Engine.step", self.capacity, actions)

        def kernel(args: Any, numbers: PhysicsParams) -> tuple[State, ContactPoints]:
            scene, state, actions = args
            actions = jnp.moveaxis(actions, 1, 0)  # [action, time, lane] to [time, action, lane]

            def one(state: State, action: Array) -> tuple[State, ContactPoints]:
                return step(self.solver, scene, state, action, numbers, confined=self.confined)

            if len(actions) == 1:
                return one(state, actions[0])

            def repeat(carry: tuple[State, ContactPoints], action: Array) -> tuple[tuple[State, ContactPoints], None]:
                return one(carry[0], action), None

            start = (state, no_contacts(self.capacity, actions.shape[-1]))
            return lax.scan(repeat, start, actions)[0]

        state, found = self._run(kernel, (scene, state, actions), params)
        return state, self._contacts(found, state)

    def trajectory(
        self, scene: Scene, state: State, actions: Float[Array, "time action"], params: PhysicsParams | None = None
    ) -> tuple[State, Contacts]:
        """Take one step per row of `actions`; return states and contacts after each, with a leading axis of time.

        `rollout` is faster where only the last is wanted.
        """

        def step(state: State, action: Array) -> tuple[State, tuple[State, Contacts]]:
            after = self.step(scene, state, action, params)
            return after[0], after

        actions = check_action("Engine.trajectory", self.capacity, actions)
        states: tuple[State, Contacts] = lax.scan(step, state, actions)[1]
        return states

    def overlapping(self, scene: Scene, state: State) -> Contacts:
        """Contacts of the present poses, without moving anything; all impulses are zero."""
        check_shapes("Engine.overlapping", self.capacity, scene, state)

        def kernel(args: Any, numbers: PhysicsParams) -> ContactPoints:
            scene, state = args
            return find_contacts(scene, state, numbers)

        found = self._run(kernel, (scene, state), None)
        none = jnp.zeros_like(found.depth)
        return self._contacts(found, eqx.tree_at(lambda s: (s.normal_impulse, s.tangent_impulse), state, (none, none)))

    def action(self, motors: Any = 0.0, thrusters: Any = 0.0) -> Float[Array, " action"]:
        """An action from one number, or one per joint, for the motors and likewise for the thrusters."""
        parts = []
        counts = {"motors": self.capacity.joints, "thrusters": self.capacity.thrusters}
        for (name, count), given in zip(counts.items(), (motors, thrusters), strict=True):
            value: Array = jnp.asarray(given, jnp.float32)
            if value.shape not in ((), (count,)):
                raise SceneError(f"Engine.action: {name} must be one number or {count}, got shape {value.shape}.")
            parts.append(jnp.broadcast_to(value, (count,)))
        return jnp.concatenate(parts)

    def _contacts(self, found: ContactPoints, state: State) -> Contacts:
        return Contacts(
            active=found.active,
            point=jnp.stack([found.x, found.y], axis=-1),
            normal=jnp.stack([found.normal_x, found.normal_y], axis=-1),
            depth=found.depth,
            normal_impulse=state.normal_impulse,
            tangent_impulse=state.tangent_impulse,
            capacity=self.capacity,
        )

    def _run(self, kernel: Callable[[Any, PhysicsParams], T], args: Any, params: PhysicsParams | None) -> T:
        """Run a kernel on one scene's arrays; all vmaps around it become its last axis."""
        return run_batched(kernel, args, self.params if params is None else params, differentiable=self.differentiable)
