"""Shapes as layers: numbers from which the fraction of every pixel that a shape covers is two clips away.

The depth of a point in a convex polygon is its distance to the nearest side, negative outside,

    depth(p) = min_i (n_i . p + o_i),

and a pixel is covered by clip(depth + 1/2, 0, 1). In a disc of radius r around c it is (r^2 - |p - c|^2) / 2r, which
is as good near the rim and of the same form, with n = c / r and another term - |p|^2 / 2r. What lies within a line is
found from the same depth: clip(gain depth - sink, 0, 1).

Covers add up to the areas of shapes, whatever the resolution. The polygon whose sides are t further out has the area
A + P t + K t^2, where P is the perimeter and K the sum of tan(turn / 2) over the corners. Covers add up to its mean
over t in [-1/2, 1/2], which is K / 12 too much. Polygons are therefore taken a bit smaller, and what is thinner than a
pixel is made transparent instead. Discs need the latter only.

Lengths are in pixels, from the middle of the image, y upwards."""

from typing import TypeAlias

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

__all__ = ["Colours", "Discs", "Layers", "Polygons"]

Colours: TypeAlias = Float[Array, "layer 3"]  # red, green, blue, 0 to 255

FAR = 1e6  # px
SMALL = 1e-6  # px, keeps away from 0 / 0


class Layers(eqx.Module):
    """Shapes with a line along the border, one row each, from the lowest to the highest."""

    normal: Float[Array, "layer side 2"]  # points inwards
    offset: Float[Array, "layer side"]  # px, 1/2 included
    bend: Float[Array, " layer"]  # 1/px; 0 of polygons
    gain: Float[Array, " layer"]
    sink: Float[Array, " layer"]
    opacity: Float[Array, " layer"]
    inner_opacity: Float[Array, " layer"]  # of what lies within the line
    edge: Colours  # of the line
    fill: Colours  # of what lies within it

    def __len__(self) -> int:
        return self.bend.shape[0]


class Polygons(eqx.Module):
    """Convex polygons, clockwise; rows of `corners` beyond `count` are unused."""

    corners: Float[Array, "layer corner 2"]
    count: Int[Array, " layer"]
    visible: Bool[Array, " layer"]
    outside: Float[Array, " layer"]  # how far the line reaches out of the polygon
    inside: Float[Array, " layer"]  # how far it reaches into it
    edge: Colours  # of the line
    fill: Colours  # of what is within the line

    def layers(self) -> Layers:
        """One layer each."""
        corners = self.corners
        place = jnp.arange(corners.shape[1])
        exists = (place < self.count[:, None]) & self.visible[:, None]
        following = jnp.where(
            (place + 1 == self.count[:, None])[..., None], corners[:, :1], jnp.roll(corners, -1, axis=1)
        )
        side = following - corners
        length = jnp.where(exists, jnp.sqrt((side**2).sum(axis=-1)), 0.0)
        along = jnp.where(exists[..., None], side / jnp.maximum(length, SMALL)[..., None], 0.0)
        normal = jnp.stack([along[..., 1], -along[..., 0]], axis=-1)
        size = _Size.of(corners - corners[:, :1], along, length, exists)
        outer, opacity = size.grown(self.outside).calibration()
        inner, inner_opacity = size.grown(-self.inside).calibration()
        offset = (self.outside + outer + 0.5)[:, None] - (normal * corners).sum(axis=-1)
        never = jnp.where(self.visible, FAR, -FAR)[:, None]  # a side that is never the nearest, or one that hides all
        return Layers(
            normal=normal,
            offset=jnp.where(exists, offset, never),
            bend=jnp.zeros_like(opacity),
            gain=jnp.ones_like(opacity),
            sink=self.outside + self.inside + outer - inner,
            opacity=opacity,
            inner_opacity=inner_opacity,
            edge=self.edge,
            fill=self.fill,
        )


class Discs(eqx.Module):
    """Discs, with a line along the rim."""

    centre: Float[Array, "layer 2"]
    radius: Float[Array, " layer"]
    visible: Bool[Array, " layer"]
    line: Float[Array, " layer"]  # its width, half of which lies inside
    edge: Colours
    fill: Colours

    def layers(self, sides: int) -> Layers:
        """One layer each, to lie among those of polygons with as many sides."""
        outer, inner = self.radius + self.line / 2, jnp.maximum(self.radius - self.line / 2, 0.0)
        # nothing is smaller than a disc of a pixel's radius, but it may be transparent
        opacity, inner_opacity = jnp.minimum(outer**2, 1.0), jnp.minimum(inner**2, 1.0)
        outer, inner = jnp.maximum(outer, 1.0), jnp.maximum(inner, 1.0)
        visible = self.visible[:, None]
        normal = jnp.where(visible, self.centre / outer[:, None], 0.0)
        offset = jnp.where(visible, (outer / 2 - (self.centre**2).sum(axis=-1) / (2 * outer) + 0.5)[:, None], -FAR)
        return Layers(
            normal=jnp.broadcast_to(normal[:, None], (len(outer), sides, 2)),
            offset=jnp.broadcast_to(offset, (len(outer), sides)),
            bend=jnp.where(self.visible, 1 / (2 * outer), 0.0),
            gain=outer / inner,
            sink=(outer**2 - inner**2 + outer) / (2 * inner) - 0.5,
            opacity=opacity,
            inner_opacity=inner_opacity,
            edge=self.edge,
            fill=self.fill,
        )


class _Size(eqx.Module):
    """What the area of a polygon depends on when its sides move outwards."""

    area: Float[Array, " layer"]  # px^2
    perimeter: Float[Array, " layer"]  # px
    pointed: Float[Array, " layer"]  # sum of tan(turn / 2)

    @classmethod
    def of(
        cls,
        corners: Float[Array, "layer corner 2"],
        along: Float[Array, "layer corner 2"],
        length: Float[Array, "layer corner"],
        exists: Bool[Array, "layer corner"],
    ) -> "_Size":
        """Corners from the first one, and the directions and lengths of the sides that begin in them."""
        side = along * length[..., None]
        twice = jnp.where(exists, _cross(corners, side), 0.0).sum(axis=1)
        last = exists & ~jnp.pad(exists[:, 1:], ((0, 0), (0, 1)))
        turned = jnp.where(last[..., None], along[:, :1], jnp.roll(along, -1, axis=1))
        straight = 1.0 + (along * turned).sum(axis=-1)
        turn = jnp.where(exists, jnp.abs(_cross(along, turned)) / jnp.maximum(straight, SMALL), 0.0)
        return cls(jnp.abs(twice) / 2, length.sum(axis=1), jnp.maximum(turn.sum(axis=1), SMALL))

    def reach(self) -> Float[Array, " layer"]:
        """How far the sides can move inwards until nothing is left."""
        root = jnp.sqrt(jnp.maximum(self.perimeter**2 - 4 * self.pointed * self.area, 0.0))
        return (self.perimeter - root) / (2 * self.pointed)

    def grown(self, by: Float[Array, " layer"]) -> "_Size":
        """With all sides further out, or further in for a negative number."""
        area = self.area + self.perimeter * by + self.pointed * by**2
        return _Size(
            jnp.where(self.reach() + by > 0, jnp.maximum(area, 0.0), 0.0),
            jnp.maximum(self.perimeter + 2 * self.pointed * by, SMALL),
            self.pointed,
        )

    def calibration(self) -> tuple[Float[Array, " layer"], Float[Array, " layer"]]:
        """How far to move the sides, and the opacity, so that covers add up to the area."""
        area, perimeter, pointed, reach = self.area, self.perimeter, self.pointed, self.reach()
        thin = reach < 0.5
        ramp = area * (0.5 + reach) + perimeter * (0.25 - reach**2) / 2 + pointed * (0.125 + reach**3) / 3
        shift = (jnp.sqrt(jnp.maximum(perimeter**2 - pointed**2 / 3, 0.0)) - perimeter) / (2 * pointed)
        return jnp.where(thin, 0.0, shift), jnp.where(thin, area / jnp.maximum(ramp, SMALL), 1.0)


def _cross(a: Float[Array, "*n 2"], b: Float[Array, "*n 2"]) -> Float[Array, "*n"]:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
