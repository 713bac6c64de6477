"""What stands in a scene: rods, round bodies, beams and discs, and the pole tops to be found by a detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from core.render.pole_scene.canvas import F32, F64, FITTING, Canvas, Surface, even
from core.render.pole_scene.geometry import perpendiculars


@dataclass(frozen=True, slots=True, eq=False)
class PoleTop:
    """A cap, or the bare end of a pole over the depth that a cap would have.

    Attributes:
        label: ``whole top cap`` or ``whole missing top cap``.
        bodies: (p0, p1, radii_m) of the round bodies that make it up.
        identity: id of its pixels on the canvas.
    """

    label: str
    bodies: tuple[tuple[F64, F64, tuple[float, float]], ...]
    identity: int


@dataclass(frozen=True, slots=True, eq=False)
class _Round:
    p0: F64
    p1: F64
    radii_m: tuple[float, float]
    surface: Surface
    end: Surface | None
    identity: int
    gloss: float
    v_start_m: float


@dataclass(slots=True)
class Assembly:
    """A list of things to paint, in world metres."""

    rods: list[tuple[F64, F64, tuple[float, float], F32, int, float]] = field(default_factory=list)
    rounds: list[_Round] = field(default_factory=list)
    quads: list[tuple[F64, Surface | F32, int]] = field(default_factory=list)
    discs: list[tuple[F64, F64, float, F32, int, float]] = field(default_factory=list)
    strips: list[tuple[F64, F64, float]] = field(default_factory=list)
    tops: list[PoleTop] = field(default_factory=list)
    attachments: list[tuple[F64, float]] = field(default_factory=list)
    """(point, side) where a wire leaves: side −1 or +1 along y, 0 for both."""

    def rod(
        self,
        p0: Sequence[float] | F64,
        p1: Sequence[float] | F64,
        width_m: float | tuple[float, float],
        colour: F32,
        identity: int = FITTING,
        tone: float = 0.0,
        shadow: bool = True,
    ) -> None:
        """A thin straight member."""
        a, b = np.asarray(p0, float), np.asarray(p1, float)
        widths = width_m if isinstance(width_m, tuple) else (width_m, width_m)
        self.rods.append((a, b, widths, colour, identity, tone))
        if shadow:
            self.strips.append((a, b, max(widths)))

    def round(
        self,
        p0: Sequence[float] | F64,
        p1: Sequence[float] | F64,
        radii_m: tuple[float, float],
        surface: Surface,
        identity: int = FITTING,
        end: Surface | None = None,
        gloss: float = 0.0,
        v_start_m: float = 0.0,
    ) -> None:
        """A round body: pole, pipe, cap, bushing."""
        a, b = np.asarray(p0, float), np.asarray(p1, float)
        self.rounds.append(_Round(a, b, radii_m, surface, end, identity, gloss, v_start_m))
        self.strips.append((a, b, 2 * max(radii_m)))

    def beam(
        self,
        p0: Sequence[float] | F64,
        p1: Sequence[float] | F64,
        width_m: float,
        height_m: float,
        surface: Surface,
        identity: int = FITTING,
        taper: float = 1.0,
    ) -> None:
        """A rectangular bar from p0 to p1; the far end's section is ``taper`` times the near one's."""
        a, b = np.asarray(p0, float), np.asarray(p1, float)
        e1, e2 = perpendiculars(b - a)
        # e1 lies flat for bars that do not stand, so that width is horizontal
        half = [(sx * e1 * width_m + sz * e2 * height_m) / 2 for sx, sz in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
        near, far = [a + h for h in half], [b + h * taper for h in half]
        for i in range(4):
            j = (i + 1) % 4
            self.quads.append((np.array([near[i], near[j], far[j], far[i]]), surface, identity))
        self.quads.append((np.array(near), surface, identity))
        self.quads.append((np.array(far), surface, identity))
        self.strips.append((a, b, max(width_m, height_m)))

    def disc(
        self, centre: F64, axis: F64, radius_m: float, colour: F32, identity: int = FITTING, opacity: float = 1.0
    ) -> None:
        """A thin round plate."""
        self.discs.append((centre, axis, radius_m, colour, identity, opacity))

    def paint(self, canvas: Canvas, rng: np.random.Generator) -> None:
        """Paint everything; opaque bodies first, so that glass shows what is behind it."""
        for corners, surface, identity in self.quads:
            canvas.quad(corners, surface, identity)
        for body in self.rounds:
            canvas.frustum(
                body.p0, body.p1, body.radii_m, body.surface, body.end, body.identity, body.gloss, body.v_start_m
            )
        light = canvas.light
        for p0, p1, widths, colour, identity, tone in self.rods:
            along = (p1 - p0) / (np.linalg.norm(p1 - p0) + 1e-9)
            facing = np.float32(np.sqrt(max(0.0, 1 - float(along @ light.sun_direction) ** 2)) * rng.uniform(0.25, 0.8))
            lit = colour * (light.sky_rgb * np.float32(0.75) + light.sun_rgb * facing)
            canvas.rod(p0, p1, widths, lit.astype(np.float32), identity, tone)
        order = np.argsort([-float(np.linalg.norm(d[0] - canvas.camera.position_m)) for d in self.discs])
        for i in order:
            centre, axis, radius_m, colour, identity, opacity = self.discs[i]
            unit = axis / (np.linalg.norm(axis) + 1e-9)
            if unit @ (canvas.camera.position_m - centre) < 0:
                unit = -unit
            if opacity == 1.0 and canvas.radius_px(centre, radius_m) > 5:
                # large enough to see that a plate is a shell, its hollow away from the line's support
                back = centre - axis / (np.linalg.norm(axis) + 1e-9) * radius_m * 0.4
                canvas.frustum(centre, back, (radius_m, radius_m * 0.4), even(colour), None, identity, 0.3)
            lit = (colour * light.shade(unit.astype(np.float32))).astype(np.float32)
            canvas.disc(centre, axis, radius_m, lit, identity, opacity)
