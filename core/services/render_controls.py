"""What a person can change in a scene: names in plain words, how far, and in what steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from core.render.backdrop import GROUNDS
from core.render.pole_top_variables import CAP_COLORS, CAP_FORMS, TOP_BACKGROUNDS, WOODS, sample_pole_top_variables
from core.render.scenes import CLOSE_UP, SCENES
from core.render.shackle_variables import ENDINGS, sample_shackle_variables

Unit = Literal["", "%", "°", "px", "r"]

VARIANT_WORDS: Mapping[str, str] = {
    "NOTX_NOBG": "Plain grey metal in front of an even grey wall: shape and light alone.",
    "NOTX_WBG": "Plain grey metal in front of a landscape.",
    "WTX_WBG": "Zinc, rust and dirt on the metal, in front of a landscape.",
    "WBG_WTX_WGM": "As WTX_WBG, and the geometry varies too: bends, legs, twist, tilt, and who bears the loss.",
    "scene": "A whole photo of a pole, or of a place without one, as PoleCat sees it.",
    "top": "A window around a wood pole's top, as TopCap Finder sees it.",
    CLOSE_UP: "A wood pole's top from near by, path-traced.",
}
"""One plain sentence for each variant."""


@dataclass(frozen=True, slots=True)
class Control:
    """One variable as a slider or a choice.

    Attributes:
        name: of the variable.
        words: what people read.
        low, high, step: of the slider, in the variable's unit.
        unit: ``%`` shows a fraction as per cent; others are only shown.
        options: names to choose from; empty for numbers.
        help: one sentence where the words do not say it all.
    """

    name: str
    words: str
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    unit: Unit = ""
    options: tuple[str, ...] = ()
    help: str | None = None

    @property
    def is_switch(self) -> bool:
        """Whether it is either 0 or 1."""
        return not self.options and self.step == 1.0 and (self.low, self.high) == (0.0, 1.0)

    @property
    def scale(self) -> float:
        """What is shown for each unit of the variable."""
        return 100.0 if self.unit == "%" else 1.0


Groups = Mapping[str, Sequence[Control]]

_LIGHT = (
    Control("sun_azimuth_deg", "Light comes from", 0, 360, 5, "°", help="0° is behind the camera's start, 90° right."),
    Control("sun_elevation_deg", "Height of the sun", 2, 90, 1, "°"),
    Control("cloud", "Clouds", unit="%", help="0 % is a clear sky, 100 % overcast: soft light without a sun."),
    Control("light_strength", "Light strength", 0.2, 2.5, 0.05, help="1 is well exposed, 0.3 is dusk."),
)
_SENSOR = (
    Control("defocus_px", "Out of focus", 0, 4, 0.05, "px"),
    Control("sharpness", "Sharpening", 0, 3, 0.05, help="How much the camera sharpens; 0 is not at all."),
    Control("noise", "Noise", 0, 0.15, 0.002, help="Standard deviation, in fractions of full scale."),
    Control("jpeg_quality", "JPEG quality", 5, 100, 1),
)
_VIEW = (
    Control("elevation_deg", "Camera height", -30, 80, 1, "°", help="Above (+) or below (−) the subject."),
    Control("azimuth_deg", "Camera around", 0, 360, 5, "°"),
    Control("roll_deg", "Camera roll", -45, 45, 1, "°"),
    Control("offset_x", "Subject to the right", -0.4, 0.4, 0.01, "%"),
    Control("offset_y", "Subject down", -0.4, 0.4, 0.01, "%"),
)
_SKY = (
    Control("turbidity", "Haze in the air", 1, 10, 0.5),
    Control("horizon_deg", "Skyline", -15, 20, 0.5, "°", help="Above 0° are hills."),
    Control("detail_seed", "Detail", 0, 999, 1, help="Seeds the small things: rust, clouds, noise."),
)

SHACKLE: Groups = {
    "Wear": (
        Control("worn_fraction", "Worn", 0, 0.95, 0.01, "%", help="Overlap of the two rods against a rod's thickness."),
        Control("share", "Borne by the upper rod", unit="%"),
        Control("twist_deg", "Twist", -30, 30, 1, "°", help="Of the rods' planes, away from a right angle."),
    ),
    "Surface": (
        Control("textured", "Texture", 0, 1, 1, help="Off: plain grey metal."),
        Control("rust", "Rust", unit="%"),
        Control("roughness", "Roughness", 0.05, 1.0, 0.01, "%"),
        Control("dirt", "Dirt", unit="%"),
    ),
    "Light": _LIGHT,
    "Background": (
        Control("background", "Background", options=("none", *sorted(GROUNDS)), help="none is an even grey wall."),
        Control("background_blur_px", "Background out of focus", 0, 12, 0.2, "px"),
    ),
    "Camera": (Control("distance_r", "Distance", 20, 150, 1, "r", help="In rod radii, to the contact."), *_SENSOR),
    "More": (
        *_VIEW,
        Control("bend_radius_r", "Bend of the upper rod", 2.05, 6, 0.05, "r"),
        Control("clearance_r", "Room in the lower bend", 0.05, 4, 0.05, "r"),
        Control("leg_length_r", "Legs", 3.5, 15, 0.1, "r"),
        Control("flare_deg", "Legs lean out", 0, 30, 1, "°"),
        Control("tilt_deg", "Joint leans", -30, 30, 1, "°"),
        Control("ending", "Legs end in", options=ENDINGS, help="pin: eyes and a bolt; link: a second bend."),
        *_SKY,
    ),
}
POLE_TOP: Groups = {
    "Top": (
        Control("cap", "Cap", options=CAP_FORMS),
        Control("cap_color", "Colour of the cap", options=CAP_COLORS),
        Control("wood", "Wood", options=WOODS),
        Control("decay", "Decay of the end", unit="%"),
    ),
    "Light": _LIGHT,
    "Background": (
        Control("background", "Background", options=TOP_BACKGROUNDS),
        Control("background_blur_px", "Background out of focus", 0, 12, 0.2, "px"),
    ),
    "Camera": (Control("distance_r", "Distance", 10, 120, 1, "r", help="In radii of the pole's top."), *_SENSOR),
    "More": (
        *_VIEW,
        Control("cap_skirt_r", "Rim of the cap", 0.05, 1, 0.05, "r"),
        Control("cap_height_r", "Height of the cap", 0.1, 1.5, 0.05, "r"),
        Control("cut_deg", "Slope of a bare end", 0, 50, 1, "°"),
        *_SKY,
    ),
}
# The compositor draws these by itself; a choice holds them.
POLE_CHOICES = (Control("weather", "Weather", options=("sun", "hazy sun", "overcast", "dusk")),)
POLE_LABEL = Control("label", "Pole", options=("TREE", "STEEL", "CONCRETE", "NONE"), help="NONE: no pole in the frame.")
POLE_NUMBERS = (
    Control("sun_elevation_deg", "Height of the sun", 8, 62, 1, "°"),
    Control("noise_of_255", "Noise", 0.1, 10, 0.1, help="Standard deviation, in grey levels of 255."),
    Control("jpeg_quality", "JPEG quality", 10, 100, 1),
    Control("contrast", "Contrast", 0.5, 1.6, 0.05),
    Control("saturation", "Colour", 0, 1.5, 0.05),
    Control("vignetting", "Dark corners", unit="%"),
    Control("motion_blur", "Motion blur", 0, 1, 1),
    Control("sharpened", "Sharpened", 0, 1, 1),
    Control("trees", "Trees around", 0, 1, 1),
)
POLE_WIRES = Control("wires", "Wires", 0, 1, 1)


def lab_controls(scene: str, variant: str) -> Groups:
    """The controls of the lab, in groups; the last group is for those who look for more."""
    if scene == "shackle":
        return SHACKLE
    if variant == CLOSE_UP:
        return POLE_TOP
    return {"Scene": (POLE_LABEL, *POLE_CHOICES) if variant == "scene" else POLE_CHOICES}


def control_names() -> frozenset[str]:
    """The variables that the lab can change in any scene."""
    kinds = [(scene, variant) for scene, variants in SCENES.items() for variant in variants]
    groups = [group for kind in kinds for group in lab_controls(*kind).values()]
    return frozenset(control.name for group in groups for control in group)


def range_controls(scene: str, variant: str) -> dict[str, Control]:
    """What can be held or narrowed in a dataset, by name."""
    controls = [control for group in lab_controls(scene, variant).values() for control in group]
    if scene == "pole" and variant != CLOSE_UP:
        controls += [*POLE_NUMBERS, POLE_WIRES] if variant == "scene" else POLE_NUMBERS
    return {control.name: control for control in controls}


def drawn_values(scene: str, variant: str, seed: int) -> dict[str, float | str]:
    """Where the lab's controls stand for a seed; composed scenes are drawn by the compositor, so there nothing.

    Raises:
        ConfigError: unknown variant, or a seed below 0.
    """
    if scene == "shackle":
        return asdict(sample_shackle_variables(seed, variant))
    return asdict(sample_pole_top_variables(seed)) if variant == CLOSE_UP else {}
