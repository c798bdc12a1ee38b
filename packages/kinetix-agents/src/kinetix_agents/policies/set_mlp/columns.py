"""Which column of an entity observation says what, as far as the network computes with it."""

POSITION = slice(0, 2)  # m, of bodies
VELOCITY = slice(2, 4)  # m/s
INVERSE_MASSES = slice(4, 6)  # 1/kg, and 1/(kg m^2) of the inertia
ROLES = slice(8, 12)  # none, green, blue, red
GREEN, BLUE = 9, 10
MOTOR = 10  # of joints: whether there is one
MOTOR_BINDING = slice(12, 16)
THRUSTER_BINDING = slice(3, 5)  # of thrusters
