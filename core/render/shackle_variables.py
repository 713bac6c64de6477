"""What can vary in a render of a shackle joint: names, units, ranges, and how they are drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.errors import ConfigError
from core.render.backdrop import GROUNDS
from core.render.close_up_variables import (
    CloseUpVariables,
    LightRanges,
    SensorRanges,
    check_name,
    check_range,
    check_seed,
    sample_light,
    sample_sensor,
)

BACKGROUNDS = ("autumn", "birch", "field", "forest", "moss", "road", "rock", "snow", "water")
ENDINGS = ("pin", "link")
VARIANTS = ("NOTX_NOBG", "NOTX_WBG", "WTX_WBG", "WBG_WTX_WGM")
MOST_WORN = 0.95
# Below this the bend of one rod would not let the other rod through.
SMALLEST_BEND_R = 2.02
# Shorter legs would bring the eyes of one rod onto the bend of the other.
SHORTEST_LEG_R = 3.5
LIGHT = LightRanges(
    overcast=0.4,
    sun_elevation_deg=(6.0, 62.0),
    turbidity=(2.0, 8.0),
    most_cloud_when_clear=0.35,
    log_strength=(0.0, 0.32),
    least_strength=0.35,
)
SENSOR = SensorRanges(defocus_px=(0.3, 0.45), sharpness=(0.3, 0.4), noise=0.014, jpeg_quality=(45, 97))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShackleVariables(CloseUpVariables):
    """Every variable of one render, beside those of all close-ups. Lengths are in rod radii (r), angles in degrees.

    Attributes:
        worn_fraction: overlap depth / rod diameter, 0 to 0.95. The label.
        share: part of the loss that the upper rod bears, 0 to 1.
        bend_radius_r: bend of the upper rod's centre line, at least 2.02 (the lower rod must pass).
        clearance_r: free room inside the lower rod's bend; its bend radius is 2 + clearance.
        leg_length_r: straight legs after the bend.
        flare_deg: each leg's lean outwards from parallel.
        ending: ``pin``, eyes and a bolt through them (a shackle), or ``link``, a second bend (a chain link).
        twist_deg: departure of the two rods' planes from a right angle.
        tilt_deg: lean of the joint's load axis from the vertical.
        azimuth_deg: 0 looks square at the upper rod's bend.
        distance_r: camera to contact. The field of view is fixed at 12°.
        textured: 1 with surface textures, 0 with one plain grey.
        rust: part of the surface that is rusty, 0 to 1.
        roughness: of the clean metal, 0.1 to 0.8.
        dirt: darkening by grime, 0 to 1.
        background: ``none`` or one of ``core.render.backdrop.GROUNDS``.
    """

    worn_fraction: float = 0.0
    share: float = 0.5
    bend_radius_r: float = 2.6
    clearance_r: float = 0.6
    leg_length_r: float = 6.0
    flare_deg: float = 0.0
    ending: str = "pin"
    twist_deg: float = 0.0
    tilt_deg: float = 0.0
    elevation_deg: float = 10.0
    azimuth_deg: float = 30.0
    distance_r: float = 60.0
    textured: float = 1.0
    rust: float = 0.2
    roughness: float = 0.35
    dirt: float = 0.2
    background: str = "forest"
    background_blur_px: float = 3.0

    def __post_init__(self) -> None:
        """Refuse geometry that cannot be.

        Raises:
            ConfigError: a value is out of its range, or one rod does not fit through the other's bend.
        """
        CloseUpVariables.__post_init__(self)  # super() does not work in classes with slots before Python 3.14
        check_range("worn_fraction", self.worn_fraction, 0.0, MOST_WORN)
        for name in ("share", "rust", "dirt", "textured"):
            check_range(name, getattr(self, name), 0.0, 1.0)
        check_range("flare_deg", self.flare_deg, 0.0, 30.0)
        check_range("twist_deg", self.twist_deg, -60.0, 60.0)
        check_range("tilt_deg", self.tilt_deg, -60.0, 60.0)
        check_range("elevation_deg", self.elevation_deg, -85.0, 85.0)
        check_range("distance_r", self.distance_r, 15.0, 1000.0)
        check_range("roughness", self.roughness, 0.05, 1.0)
        check_name("ending", self.ending, ENDINGS)
        check_name("background", self.background, ("none", *sorted(GROUNDS)))
        check_range("leg_length_r", self.leg_length_r, SHORTEST_LEG_R, 40.0)
        narrowing = math.cos(math.radians(self.twist_deg))
        for name, bend_r in (("bend_radius_r", self.bend_radius_r), ("2 + clearance_r", 2.0 + self.clearance_r)):
            if bend_r * narrowing < SMALLEST_BEND_R:
                raise ConfigError(
                    f"{name}: expected at least {SMALLEST_BEND_R / narrowing:.2f} at a twist of {self.twist_deg:.0f}°, "
                    f"received {bend_r:.2f}; the other rod would not fit through the bend"
                )

    @property
    def overlap_depth_r(self) -> float:
        """Depth d that both rods have lost together, in rod radii: 2 × worn fraction."""
        return 2.0 * self.worn_fraction

    @property
    def loss_upper_r(self) -> float:
        """Depth that the upper rod has lost: share × d."""
        return self.share * self.overlap_depth_r

    @property
    def loss_lower_r(self) -> float:
        """Depth that the lower rod has lost: (1 − share) × d."""
        return (1.0 - self.share) * self.overlap_depth_r


# What inspectors shoot: the joint fills the photo, seen from about its own height.
ELEVATIONS_DEG = (-12.0, 18.0)
DISTANCES_R = (26.0, 34.0)
# Share, bend, legs and angles as they come in the field: worn joints are rarely worn evenly.
GEOMETRY_RANGES: Mapping[str, tuple[float, float]] = {
    "share": (0.25, 0.75),
    "bend_radius_r": (2.2, 3.8),
    "clearance_r": (0.2, 1.8),
    "leg_length_r": (SHORTEST_LEG_R, 11.0),
    "flare_deg": (0.0, 16.0),
    "twist_deg": (-15.0, 15.0),
    "tilt_deg": (-10.0, 10.0),
    "roll_deg": (-10.0, 10.0),
}


def sample_shackle_variables(seed: int, variant: str = "WBG_WTX_WGM") -> ShackleVariables:
    """Draw one scene. The same seed and variant give the same variables.

    Args:
        seed: any non-negative integer.
        variant: one of ``VARIANTS``. NOTX/WTX without or with texture, NOBG/WBG without or with
            background; WGM adds geometric modifications: ``GEOMETRY_RANGES`` vary only there.

    Raises:
        ConfigError: the variant has another name, or the seed is negative.
    """
    check_name("variant", variant, VARIANTS)
    check_seed(seed)
    # A stream for each group: variants of one seed share wear, view and light, and differ as named.
    streams = [np.random.default_rng([seed, group]) for group in range(6)]
    values: dict[str, float] = {"worn_fraction": float(streams[0].uniform(0.0, MOST_WORN))}
    values |= _sample_view(streams[1]) | sample_light(streams[2], LIGHT) | sample_sensor(streams[3], SENSOR)
    textured = variant in ("WTX_WBG", "WBG_WTX_WGM")
    values |= _sample_surface(streams[4]) if textured else {"textured": 0.0, "rust": 0.0, "dirt": 0.0}
    ending = "pin"
    if variant == "WBG_WTX_WGM":
        values |= _sample_geometry(streams[5])
        ending = "link" if streams[5].random() < 0.4 else "pin"
    background, horizon_deg, blur_px = _sample_background(np.random.default_rng([seed, 7]))
    if variant == "NOTX_NOBG":
        background = "none"
    return ShackleVariables(
        **values,  # type: ignore[arg-type]
        ending=ending,
        background=background,
        horizon_deg=horizon_deg,
        background_blur_px=blur_px,
        detail_seed=seed,
    )


def _sample_view(rng: np.random.Generator) -> dict[str, float]:
    return {
        # Steeper views hide the height of the joint, which is all that shows the wear.
        "elevation_deg": float(rng.uniform(*ELEVATIONS_DEG)),
        "azimuth_deg": float(rng.uniform(0.0, 360.0)),
        # The frame is 5.5 to 7.1 r wide: the joint, and an unworn stretch of each rod to compare it with.
        "distance_r": float(rng.uniform(*DISTANCES_R)),
        "offset_x": float(rng.uniform(-0.05, 0.05)),
        "offset_y": float(rng.uniform(-0.05, 0.05)),
    }


def _sample_surface(rng: np.random.Generator) -> dict[str, float]:
    rusty = rng.random() < 0.6
    return {
        "rust": float(rng.beta(1.2, 1.6) if rusty else 0.15 * rng.random()),
        "roughness": float(rng.uniform(0.2, 0.65)),
        "dirt": float(rng.beta(1.2, 2.5)),
    }


def _sample_geometry(rng: np.random.Generator) -> dict[str, float]:
    return {name: float(rng.uniform(low, high)) for name, (low, high) in GEOMETRY_RANGES.items()}


def _sample_background(rng: np.random.Generator) -> tuple[str, float, float]:
    background = str(rng.choice(BACKGROUNDS))
    return background, float(rng.normal(3.0, 5.0)), float(rng.uniform(0.8, 6.0))
