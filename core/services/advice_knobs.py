"""What the advisor turns, one at a time: the renderer's variables by plain names, and the values that it tries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import ConfigError
from core.render.scenes import CLOSE_UP

Value = float | str


@dataclass(frozen=True, slots=True)
class Knob:
    """One thing that may make renders look unlike the field.

    Attributes:
        name: as on the command line.
        words: what people read.
        values: variable → values to try in the first round; later rounds try numbers nearer to the last choice.
    """

    name: str
    words: str
    values: Mapping[str, Sequence[Value]]


_CAMERA = (
    Knob("focus", "Camera focus", {"defocus_px": (0.0, 1.0, 2.0, 3.5)}),
    Knob("sharpness", "Sharpening", {"sharpness": (0.0, 1.0, 2.0)}),
    Knob("noise", "Sensor noise", {"noise": (0.0, 0.03, 0.07)}),
    Knob("jpeg", "JPEG quality", {"jpeg_quality": (25.0, 50.0, 95.0)}),
    Knob("light", "Light", {"light_strength": (0.5, 1.0, 1.6), "cloud": (0.0, 1.0)}),
)
SHACKLE = (
    *_CAMERA,
    Knob("background", "Background", {"background_blur_px": (0.5, 4.0, 9.0),
                                      "background": ("forest", "field", "road", "snow", "water")}),
    Knob("texture", "Texture", {"rust": (0.0, 0.4, 0.9), "roughness": (0.2, 0.65)}),
    Knob("distance", "Distance", {"distance_r": (22.0, 30.0, 45.0)}),
)  # fmt: skip
POLE_TOP = (
    *_CAMERA,
    Knob("background", "Background", {"background_blur_px": (0.4, 2.0, 6.0),
                                      "background": ("forest", "field", "road", "snow", "water")}),
    Knob("texture", "Texture", {"wood": ("weathered", "creosote", "green"), "decay": (0.0, 0.8)}),
    Knob("distance", "Distance", {"distance_r": (16.0, 30.0, 60.0)}),
)  # fmt: skip
COMPOSED = (
    Knob("focus", "Camera focus", {"defocus_px": (0.15, 0.8, 1.8)}),
    Knob("sharpness", "Sharpening", {"sharpened": (0.0, 1.0)}),
    Knob("noise", "Sensor noise", {"noise_of_255": (0.5, 5.0, 14.0)}),
    Knob("jpeg", "JPEG quality", {"jpeg_quality": (25.0, 50.0, 95.0)}),
    Knob("light", "Light", {"weather": ("sun", "overcast", "dusk"), "contrast": (0.8, 1.3)}),
    Knob("background", "Background", {"haze_m": (600.0, 6000.0)}),
    Knob("texture", "Texture", {"grit": (0.05, 0.5)}),
    Knob("distance", "Distance", {"span_in_frame_m": (6.0, 14.0, 30.0)}),
)


@dataclass(frozen=True, slots=True)
class Trial:
    """One change: a variable's value in place of what the base has."""

    knob: str
    variable: str
    value: Value

    @property
    def name(self) -> str:
        """For folders and tables: ``defocus_px=2``."""
        return f"{self.variable}={self.value:g}" if isinstance(self.value, float) else f"{self.variable}={self.value}"


def knobs_of(scene: str, variant: str, names: Sequence[str] = ()) -> tuple[Knob, ...]:
    """What can be turned in a kind of scene.

    Args:
        scene, variant: see ``core.render.scenes.SCENES``.
        names: only these; none for all.

    Raises:
        ConfigError: an unknown name.
    """
    knobs: tuple[Knob, ...] = SHACKLE if scene == "shackle" else POLE_TOP if variant == CLOSE_UP else COMPOSED
    if variant.startswith("NOTX"):
        knobs = tuple(knob for knob in knobs if knob.name != "texture")
    if variant == "NOTX_NOBG":
        knobs = tuple(knob for knob in knobs if knob.name != "background")
    known = [knob.name for knob in knobs]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ConfigError(f"knob: expected one of {', '.join(known)} for {scene} {variant}, received {unknown[0]}")
    return tuple(knob for knob in knobs if not names or knob.name in names)


def trials_of(knobs: Sequence[Knob], base: Mapping[str, Value], number: int) -> tuple[Trial, ...]:
    """The changes of a round.

    Args:
        knobs: what may be turned.
        base: what is settled so far.
        number: of the round, from 1. From the second on, a settled number is tried a third of the first round's
            range up and down, then a ninth …; what is not settled is tried as in the first.
    """
    found = []
    for knob in knobs:
        for variable, values in knob.values.items():
            settled = base.get(variable)
            if number > 1 and isinstance(settled, float):
                numbers = [float(value) for value in values]
                step = (max(numbers) - min(numbers)) / 3 ** (number - 1)
                values = [min(max(settled + side * step, min(numbers)), max(numbers)) for side in (-1, 1)]
            found += [Trial(knob.name, variable, value) for value in dict.fromkeys(values) if value != settled]
    return tuple(found)
