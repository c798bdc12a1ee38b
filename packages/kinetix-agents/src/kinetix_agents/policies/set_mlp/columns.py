"""Which column of an entity observation says what, as far as the network computes with it."""

POSITION = slice(0, 2)  # m, of bodies
VELOCITY = slice(2, 4)  # m/s
INVERSE_MASSES = slice(4, 6)  # 1/kg, and 1/(kg m^2) of the inertia
ROLES = slice(8, 12)  # none, green, blue, red
GREEN, BLUE = 9, 10
ANGLE = slice(12, 14)  # sine, cosine
ANCHOR = slice(2, 4)  # of joints: m, on the body that the row is seen from, in its frame
MOTOR = 10  # whether there is one
MOTOR_BINDING = slice(12, 16)
PLACE = slice(1, 3)  # of thrusters: m, in the frame of the body
DIRECTION = slice(5, 7)  # sine, cosine, in the frame of the body
THRUSTER_BINDING = slice(3, 5)
