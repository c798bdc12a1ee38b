"""Momentum and energy of trajectories, in float64, so that what deviates is the engine and not the sum.

All functions take a trajectory and return one number (or vector) for every time, the start included."""

import numpy as np

from tests.jax2d.simulate import Trajectory


def _double(array: np.ndarray) -> np.ndarray:
    return np.asarray(array, np.float64)


def masses(run: Trajectory) -> np.ndarray:
    """Mass of every body (kg); 0 for immovable and absent ones."""
    return _inverse(run.scene.inverse_mass) * run.scene.active


def inertias(run: Trajectory) -> np.ndarray:
    """Moment of inertia of every body (kg m^2); 0 for immovable and absent ones."""
    return _inverse(run.scene.inverse_inertia) * run.scene.active


def _inverse(field: np.ndarray) -> np.ndarray:
    field = _double(field)
    return np.where(field == 0, 0.0, 1 / np.where(field == 0, 1.0, field))


def momentum(run: Trajectory) -> np.ndarray:
    """Total linear momentum, kg m/s: [time, 2]."""
    return np.asarray(masses(run) @ _double(run.state.velocity))


def centre_of_mass(run: Trajectory) -> np.ndarray:
    """Centre of mass of all movable bodies, m: [time, 2]."""
    return np.asarray(masses(run) @ _double(run.state.position) / masses(run).sum())


def angular_momentum(run: Trajectory) -> np.ndarray:
    """Total angular momentum about the origin, kg m^2/s: [time]."""
    x, v = _double(run.state.position), _double(run.state.velocity)
    orbital = x[..., 0] * v[..., 1] - x[..., 1] * v[..., 0]
    return np.asarray(orbital @ masses(run) + _double(run.state.angular_velocity) @ inertias(run))


def kinetic_energy(run: Trajectory) -> np.ndarray:
    """Kinetic energy, J: [time]."""
    speed_squared = (_double(run.state.velocity) ** 2).sum(axis=-1)
    turning = _double(run.state.angular_velocity) ** 2 @ inertias(run)
    return np.asarray((speed_squared @ masses(run) + turning) / 2)


def potential_energy(run: Trajectory) -> np.ndarray:
    """Potential energy in the scene's gravity, J, 0 at the origin: [time]."""
    return np.asarray(-(_double(run.state.position) @ _double(run.scene.gravity)) @ masses(run))
