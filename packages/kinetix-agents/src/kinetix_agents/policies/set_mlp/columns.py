"""The columns of an entity observation that the network computes with, by name from `kinetix_env.observations`."""

from kinetix_env import Role
from kinetix_env.observations import BODY, JOINT, THRUSTER

POSITION = BODY["position"]  # m
VELOCITY = BODY["velocity"]  # m/s
INVERSE_MASSES = slice(BODY["inverse_mass"].start, BODY["inverse_inertia"].stop)  # 1/kg and 1/(kg m^2)
ROLES = BODY["role"]
GREEN, BLUE = (ROLES.start + role for role in (Role.GREEN, Role.BLUE))
ANGLE = BODY["angle"]  # sine, cosine
ANCHOR = JOINT["anchor"]  # m, on the body that the row is seen from, in its frame
MOTOR = JOINT["motor"].start  # whether there is one
MOTOR_BINDING = JOINT["binding"]
PLACE = THRUSTER["position"]  # m, in the frame of the body
DIRECTION = THRUSTER["direction"]  # sine, cosine, in the frame of the body
THRUSTER_BINDING = THRUSTER["binding"]
