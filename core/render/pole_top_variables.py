"""What can vary in a close-up of a wood pole's top: names, units, and how they are drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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

CAP_FORMS = ("flat", "conical", "domed", "missing")
CAP_COLORS = ("black", "white", "grey", "zinc")
WOODS = ("weathered", "creosote", "green", "netted")
TOP_BACKGROUNDS = ("autumn", "birch", "field", "forest", "heath", "moss", "road", "rock", "snow", "thaw", "water")
LIGHT = LightRanges(
    overcast=0.35,
    sun_elevation_deg=(8.0, 60.0),
    turbidity=(2.0, 7.0),
    most_cloud_when_clear=0.3,
    log_strength=(0.05, 0.3),
    least_strength=0.4,
)
SENSOR = SensorRanges(defocus_px=(0.2, 0.4), sharpness=(0.4, 0.4), noise=0.012, jpeg_quality=(55, 97))


@dataclass(frozen=True, slots=True, kw_only=True)
class PoleTopVariables(CloseUpVariables):
    """Every variable of one render, beside those of all close-ups. Lengths are in radii of the pole's top (r).

    Attributes:
        cap: one of ``CAP_FORMS``. cap_color: one of ``CAP_COLORS``; kept but unused where the cap is missing.
        cap_radius_r: outer radius, a little over the pole's own 1. cap_skirt_r: how far it comes down.
        cap_height_r: rise of a cone or dome. cap_tilt_deg: how far it sits askew.
        cut_deg: slope of the pole's end where the cap is missing. decay: 0 sound to 1 rotten end grain.
        wood: one of ``WOODS``; netted is dark wood in a woodpecker net.
        crossarm_z_r: height of the crossarm's upper side below the top, negative; 0 is none.
        crossarm_azimuth_deg: where the arm points. insulators: ``pins``, ``discs`` or ``none``.
        distance_r: camera to the pole's top. The field of view is fixed at 20°.
        background: one of ``TOP_BACKGROUNDS``.
    """

    cap: str = "flat"
    cap_color: str = "black"
    cap_radius_r: float = 1.08
    cap_skirt_r: float = 0.25
    cap_height_r: float = 0.4
    cap_tilt_deg: float = 0.0
    cut_deg: float = 0.0
    decay: float = 0.2
    wood: str = "weathered"
    crossarm_z_r: float = -1.5
    crossarm_azimuth_deg: float = 30.0
    insulators: str = "pins"
    elevation_deg: float = 30.0
    azimuth_deg: float = 0.0
    distance_r: float = 26.0
    offset_y: float = -0.15
    sun_azimuth_deg: float = -50.0
    background: str = "moss"
    background_blur_px: float = 0.6

    def __post_init__(self) -> None:
        """Refuse names and ranges that the scene does not have.

        Raises:
            ConfigError: with the names or range expected.
        """
        CloseUpVariables.__post_init__(self)  # super() does not work in classes with slots before Python 3.14
        for name, known in (
            ("cap", CAP_FORMS),
            ("cap_color", CAP_COLORS),
            ("wood", WOODS),
            ("insulators", ("pins", "discs", "none")),
            ("background", TOP_BACKGROUNDS),
        ):
            check_name(name, getattr(self, name), known)
        for name, low, high in (
            ("cap_radius_r", 1.02, 1.6),
            ("cut_deg", 0.0, 50.0),
            ("elevation_deg", -30.0, 85.0),
            ("distance_r", 8.0, 400.0),
        ):
            check_range(name, getattr(self, name), low, high)


def sample_pole_top_variables(seed: int) -> PoleTopVariables:
    """Draw one scene; about four caps in ten are missing, so that a detector sees enough of both.

    Raises:
        ConfigError: the seed is negative.
    """
    check_seed(seed)
    rng = np.random.default_rng([seed, 31])
    values = _sample_top(rng) | _sample_view(rng) | sample_light(rng, LIGHT) | sample_sensor(rng, SENSOR)
    return PoleTopVariables(**values, detail_seed=seed)  # type: ignore[arg-type]


def _sample_top(rng: np.random.Generator) -> dict[str, float | str]:
    cap = str(rng.choice(CAP_FORMS, p=(0.3, 0.16, 0.14, 0.4)))
    has_arm = rng.random() < 0.8
    return {
        "cap": cap,
        "cap_color": str(rng.choice(CAP_COLORS, p=(0.5, 0.15, 0.2, 0.15))),
        "cap_radius_r": float(rng.uniform(1.04, 1.3)),
        "cap_skirt_r": float(rng.uniform(0.06, 0.6)),
        "cap_height_r": float(rng.uniform(0.15, 0.9)),
        "cap_tilt_deg": float(abs(rng.normal(0.0, 2.5))),
        "cut_deg": float(rng.uniform(8.0, 40.0) if rng.random() < 0.25 else 0.0),
        "decay": float(rng.beta(1.0, 1.6)),
        "wood": str(rng.choice(WOODS, p=(0.35, 0.25, 0.15, 0.25))),
        "crossarm_z_r": float(-rng.uniform(0.3, 3.5)) if has_arm else 0.0,
        "crossarm_azimuth_deg": float(rng.uniform(0.0, 180.0)),
        "insulators": str(rng.choice(("pins", "discs", "none"), p=(0.4, 0.45, 0.15))),
    }


def _sample_view(rng: np.random.Generator) -> dict[str, float | str]:
    return {
        # From below a missing cap cannot be seen.
        "elevation_deg": float(rng.uniform(9.0, 68.0)),
        "azimuth_deg": float(rng.uniform(0.0, 360.0)),
        "roll_deg": float(np.clip(rng.normal(0.0, 9.0), -30.0, 30.0)),
        "distance_r": float(np.exp(rng.uniform(np.log(15.0), np.log(70.0)))),
        "offset_x": float(rng.uniform(-0.28, 0.28)),
        "offset_y": float(rng.uniform(-0.32, 0.2)),
        "background": str(rng.choice(TOP_BACKGROUNDS)),
        "horizon_deg": float(rng.normal(2.0, 4.0)),
        "background_blur_px": float(rng.choice([0.4, 0.8, 1.5, 3.5]) * rng.uniform(0.7, 1.5)),
    }
