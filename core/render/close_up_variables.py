"""What close-ups of shackles and of pole tops share: camera, light and landscape, and how these are drawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from core.errors import ConfigError

Range = tuple[float, float]
SUNSKY = "sunsky"  # the light without HDRIs, after Mitsuba's sky
# What a camera and a sky can be at all; what is drawn lies well within.
BOUNDS: Mapping[str, Range] = {
    "roll_deg": (-180.0, 180.0),
    "offset_x": (-0.5, 0.5),
    "offset_y": (-0.5, 0.5),
    "sun_elevation_deg": (2.0, 90.0),
    "turbidity": (1.0, 10.0),
    "cloud": (0.0, 1.0),
    "light_strength": (0.02, 10.0),
    "horizon_deg": (-60.0, 60.0),
    "background_blur_px": (0.0, 60.0),
    "defocus_px": (0.0, 20.0),
    "sharpness": (0.0, 5.0),
    "noise": (0.0, 0.5),
    "jpeg_quality": (1, 100),
    "detail_seed": (0, 2**53),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseUpVariables:
    """Camera, light and landscape of one render. Angles in degrees, pixels of the render.

    Attributes:
        elevation_deg: camera above (+) or below (−) the subject.
        azimuth_deg: camera around the vertical.
        roll_deg: camera roll.
        distance_r: camera to subject, in the radius that the scene measures in.
        offset_x, offset_y: subject's place from the frame's centre, in fractions of the frame's side.
        sun_elevation_deg, sun_azimuth_deg: where the sun is.
        turbidity: haze in the air, 1.5 (clear) to 9.
        cloud: 0 is a clear sky, 1 fully overcast.
        light_strength: exposure against a well-exposed photo; 1 is well exposed, 0.3 is dusk.
        background: the landscape, one of ``core.render.backdrop.GROUNDS``.
        horizon_deg: skyline against the camera's height; above 0 are hills.
        background_blur_px: how far out of focus the background is (Gaussian sigma).
        defocus_px: how far out of focus the subject is (Gaussian sigma).
        sharpness: unsharp mask of the camera, 0 is none.
        noise: standard deviation of the sensor noise, in fractions of full scale.
        jpeg_quality: 1 to 100.
        detail_seed: seeds the noise in textures, background and sensor.
        light: what lights the subject: ``sunsky``, or the name of an HDRI, of which only the light is taken.
        hdri_rotation_deg: azimuth of the HDRI's middle column; unused with ``sunsky``.
    """

    elevation_deg: float
    azimuth_deg: float
    roll_deg: float = 0.0
    distance_r: float
    offset_x: float = 0.0
    offset_y: float = 0.0
    sun_elevation_deg: float = 40.0
    sun_azimuth_deg: float = -40.0
    turbidity: float = 3.0
    cloud: float = 0.0
    light_strength: float = 1.0
    background: str
    horizon_deg: float = 0.0
    background_blur_px: float
    defocus_px: float = 0.0
    sharpness: float = 0.0
    noise: float = 0.0
    jpeg_quality: int = 95
    detail_seed: int = 0
    light: str = SUNSKY
    hdri_rotation_deg: float = 0.0

    def __post_init__(self) -> None:
        """Refuse light and photos that cannot be.

        Raises:
            ConfigError: with the range expected.
        """
        for name, (low, high) in BOUNDS.items():
            check_range(name, getattr(self, name), low, high)


@dataclass(frozen=True, slots=True, kw_only=True)
class LightRanges:
    """How the light of a kind of scene varies.

    Attributes:
        overcast: part of the scenes under an overcast sky, 0 to 1.
        sun_elevation_deg, turbidity: ends of even distributions.
        most_cloud_when_clear: 0 to 1; overcast skies have 0.75 to 1.
        log_strength: mean and standard deviation of the exposure's natural logarithm.
        least_strength: darker exposures are cut off here; brighter ones at 1.7.
    """

    overcast: float
    sun_elevation_deg: Range
    turbidity: Range
    most_cloud_when_clear: float
    log_strength: Range
    least_strength: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorRanges:
    """How the camera varies.

    Attributes:
        defocus_px, sharpness: mean and standard deviation; what falls below 0 is 0.
        noise: standard deviation of the noise's strength.
        jpeg_quality: least, and one above the most.
    """

    defocus_px: Range
    sharpness: Range
    noise: float
    jpeg_quality: tuple[int, int]


def sample_light(rng: np.random.Generator, ranges: LightRanges) -> dict[str, float]:
    """Draw a sky and an exposure. The order of the draws is part of what a seed means."""
    overcast = rng.random() < ranges.overcast
    return {
        "sun_elevation_deg": float(rng.uniform(*ranges.sun_elevation_deg)),
        "sun_azimuth_deg": float(rng.uniform(0.0, 360.0)),
        "turbidity": float(rng.uniform(*ranges.turbidity)),
        "cloud": float(rng.uniform(0.75, 1.0) if overcast else rng.uniform(0.0, ranges.most_cloud_when_clear)),
        "light_strength": float(np.clip(np.exp(rng.normal(*ranges.log_strength)), ranges.least_strength, 1.7)),
    }


def sample_sensor(rng: np.random.Generator, ranges: SensorRanges) -> dict[str, float]:
    """Draw focus, sharpening, noise and JPEG quality. The order of the draws is part of what a seed means."""
    return {
        "defocus_px": float(max(0.0, rng.normal(*ranges.defocus_px))),
        "sharpness": float(max(0.0, rng.normal(*ranges.sharpness))),
        "noise": float(abs(rng.normal(0.0, ranges.noise))),
        "jpeg_quality": int(rng.integers(*ranges.jpeg_quality)),
    }


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Refuse a value outside low to high.

    Raises:
        ConfigError: with the range expected.
    """
    if not low <= value <= high:
        raise ConfigError(f"{name}: expected {low:g} to {high:g}, received {value:g}")


def check_name(name: str, value: str, known: Collection[str]) -> None:
    """Refuse a value that is none of the known ones.

    Raises:
        ConfigError: with the names expected.
    """
    if value not in known:
        raise ConfigError(f"{name}: expected one of {', '.join(known)}, received {value!r}")


def check_seed(seed: int) -> None:
    """Refuse seeds that NumPy's generators do not take.

    Raises:
        ConfigError: the seed is negative.
    """
    if seed < 0:
        raise ConfigError(f"seed: expected 0 or more, received {seed}")
