"""Scenes of driven machines: a car, a rocket, a walker."""

import math

from .stage import FLOOR, GRAVITY, ROOM, Stage

__all__ = ["car", "rocket", "walker"]


def car(stage: Stage) -> None:
    """A car on two motorised wheels drives to and fro over bumps."""
    build, side = stage.build, stage.side()
    wheel, half = stage.vary(0.22, 0.28), stage.vary(0.42, 0.55)
    x, y = ROOM / 2 - side * stage.vary(1.5, 1.6), FLOOR + wheel
    body = build.box((x, y + 0.12), width=2 * half + 0.2, height=0.22)
    frequency, phase, speed = stage.vary(0.15, 0.2), stage.vary(0.1, 0.3), stage.vary(0.9, 1.1)
    for place in (-half, half):
        tyre = build.circle((x + place, y), radius=wheel)
        axle = build.revolute(body, tyre, anchor=(place, -0.12), motor=True, motor_speed=speed, motor_power=0.35)
        stage.drive(axle, amplitude=-2.0 * side, frequency=frequency, phase=phase)
    left = stage.polygons - 1
    if left and stage.capacity.joints > 2:
        cabin = ((-0.2, 0.24), (0.2, 0.24), (0.34, 0.0), (-0.34, 0.0))
        roof = build.polygon((x - side * 0.1, y + 0.23), cabin, density=0.5)
        build.fixed(body, roof, anchor=(-side * 0.1, 0.11))
        left -= 1
    bumps = min(left, 4)
    for k in range(bumps):
        wide, high = stage.vary(0.28, 0.36), stage.vary(0.05, 0.1)
        shape = ((-wide / 3, high), (wide / 3, high), (wide, 0.0), (-wide, 0.0))
        place = x + side * (1.35 + 2.0 * k / max(bumps - 1, 1))
        build.polygon((place, FLOOR), shape, immovable=True)


def rocket(stage: Stage) -> None:
    """A rocket lifts off, flies to a place in the air and stays there."""
    build, side = stage.build, stage.side()
    wide, high, pad = 0.3, stage.vary(0.75, 0.95), 0.12 if stage.polygons > 1 else 0.0
    x, y = ROOM / 2 - side * stage.vary(0.9, 1.3), FLOOR + pad + 0.18 + high / 2
    hull = build.box((x, y), width=wide, height=high)
    if pad:
        build.box((x, FLOOR + pad / 2), width=0.9, height=pad, immovable=True)
    mass = wide * high
    if stage.polygons > 4 and stage.capacity.joints > 2:
        nose = build.polygon((x, y + high / 2), ((0.0, 0.26), (wide / 2, 0.0), (-wide / 2, 0.0)))
        build.fixed(hull, nose, anchor=(0.0, high / 2))
        mass += 0.26 * wide / 2
        for way in (-1, 1):
            fin = ((0.0, 0.3), (0.16, 0.0), (0.0, 0.0)) if way > 0 else ((0.0, 0.3), (0.0, 0.0), (-0.16, 0.0))
            part = build.polygon((x + way * wide / 2, y - high / 2), fin)
            build.fixed(hull, part, anchor=(way * wide / 2, -high / 2 + 0.14))
            mass += 0.3 * 0.16 / 2
    nozzles = min(stage.capacity.thrusters, 2)
    power = 2.0 * mass * GRAVITY / stage.params.thruster_power / nozzles  # hovers at half power
    aim_x, aim_y = ROOM / 2 + side * stage.vary(0.3, 0.9), stage.vary(2.4, 3.2)
    for k in range(nozzles):
        way = 2 * k - 1 if nozzles == 2 else 0
        engine = build.thruster(hull, position=(way * 0.1, -high / 2), angle=math.pi / 2, power=power)
        stage.drive(stage.nozzle(engine), offset=0.5)
        stage.steer(stage.nozzle(engine), y=0.3, velocity_y=0.35)
        if way:  # to the left: lean to the left, the right nozzle pushing harder
            stage.steer(
                stage.nozzle(engine), x=-way * 0.25, velocity_x=-way * 0.35, angle=way * 2.0, angular_velocity=way * 0.6
            )
    stage.aim(hull, x=aim_x, y=aim_y)
    for k in range(stage.capacity.circles):
        radius = stage.vary(0.14, 0.24)
        build.circle((x + side * (0.9 + 0.55 * k), FLOOR + radius + 0.5 * k), radius=radius, restitution=0.6)


def walker(stage: Stage) -> None:
    """A body on jointed legs that swing and bend in turn.

    With the phase p of a leg, its hip turns by swing sin(p) and its knee by -bend (1 + cos(p)) / 2, towards the
    right; motors drive speeds, so they get the derivatives, and limits keep the legs from drifting.
    """
    build, side = stage.build, stage.side()
    legs = min((stage.polygons - 1) // 2, stage.capacity.joints // 2, 3)
    upper, lower, wide = 0.38, stage.vary(0.36, 0.42), 0.11
    half, swing, bend = 0.62, stage.vary(0.36, 0.44), stage.vary(0.7, 0.9)  # m, rad, rad
    rate = stage.vary(0.9, 1.1)  # Hz
    x, y = ROOM / 2 - side * 1.2, FLOOR + upper + lower + 0.02
    torso = build.box((x, y), width=2 * half + 0.2, height=0.22, density=0.4)
    for k in range(legs):
        phase = -2 * math.pi * k / legs  # a step runs from the rear to the front
        hip = -half + 2 * half * k / (legs - 1)
        thigh_angle = side * swing * math.sin(phase)
        shin_angle = thigh_angle - side * bend * (1 + math.cos(phase)) / 2
        knee = (x + hip + upper * math.sin(thigh_angle), y - upper * math.cos(thigh_angle))
        thigh_place = ((x + hip + knee[0]) / 2, (y + knee[1]) / 2)
        shin_place = (knee[0] + lower / 2 * math.sin(shin_angle), knee[1] - lower / 2 * math.cos(shin_angle))
        thigh = build.box(thigh_place, width=wide, height=upper + wide, angle=thigh_angle)
        shin = build.box(shin_place, width=0.8 * wide, height=lower, angle=shin_angle)
        turns = sorted((side * 0.05, -side * (bend + 0.05)))
        speed = 1.1 * 2 * math.pi * rate / stage.params.motor_speed  # a little too fast: the limits keep time
        hips = build.revolute(
            torso, thigh, anchor=(hip, 0.0), anchor_b=(0.0, upper / 2), rotation=0.0, motor=True,
            motor_speed=swing * speed, motor_power=3.0, limits=(-swing - 0.05, swing + 0.05),
        )  # fmt: skip
        knees = build.revolute(
            thigh, shin, anchor=(0.0, -upper / 2), anchor_b=(0.0, lower / 2), rotation=0.0, motor=True,
            motor_speed=bend / 2 * speed, motor_power=3.0, limits=turns,
        )  # fmt: skip
        stage.drive(hips, amplitude=side, frequency=rate, phase=phase + math.pi / 2)
        stage.drive(knees, amplitude=side, frequency=rate, phase=phase)
