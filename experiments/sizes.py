"""How large the experiments are. Everything that costs time stands here, so that a larger machine can raise it."""

from __future__ import annotations

import dataclasses

from core.errors import ConfigError


@dataclasses.dataclass(frozen=True, slots=True)
class Sizes:
    """Counts of photos, sides in pixels, epochs and seeds of every study; the defaults suit two CPU cores.

    Attributes:
        name: which preset this is; kept in every result row.
        workers: render processes.
        minutes_share: expected time of a run against two idle CPU cores; scales the estimates.
        wear_px: side of the shackle networks' input.
        wear_train, wear_test: renders of WBG_WTX_WGM for the architectures.
        wear_epochs, patience: of every wear study but the amounts of data.
        heavy_epochs: of VGG16 and CSRN, whose epochs take two to three times as long as MobileNetV2's.
        variant_train, variant_test: renders of each of the four variants.
        variant_epochs: of the variants' runs.
        amount_train: renders that are 100 % of the data.
        amount_shares: shares of them; amount_epochs, amount_seeds: epochs and seeds at each share.
        cap_px, cap_train, cap_test, cap_epochs: the top-cap detector.
        pole_px: side of the frozen backbone's input, and long side of the pole renders.
        pole_train, pole_test: pole scenes in the renderer's own mix of kinds.
        pole_seeds: repetitions of every linear head.
        extra_trees, multiple_train, multiple_test: further scenes for the balance study.
        balance_train: photos in each of its training sets.
        left_out_train: scenes a render variable that is left out.
        timing_runs: LiteRT answers a median is taken over.
    """

    name: str = "cpu"
    workers: int = 2
    minutes_share: float = 1.0
    wear_px: int = 64
    batch_size: int = 32
    wear_train: int = 2000
    wear_test: int = 300
    wear_epochs: int = 16
    heavy_epochs: int = 8
    patience: int = 8
    variant_train: int = 800
    variant_test: int = 100
    variant_epochs: int = 28
    amount_train: int = 4000
    amount_shares: tuple[float, ...] = (0.05, 0.1, 0.25, 0.5, 1.0)
    amount_epochs: tuple[int, ...] = (120, 80, 40, 25, 16)
    amount_seeds: tuple[int, ...] = (2, 2, 1, 1, 1)
    cap_px: int = 288
    cap_train: int = 400
    cap_test: int = 150
    cap_epochs: int = 20
    pole_px: int = 224
    pole_train: int = 1200
    pole_test: int = 400
    pole_seeds: int = 5
    extra_trees: int = 250
    multiple_train: int = 220
    multiple_test: int = 80
    balance_train: int = 600
    left_out_train: int = 350
    timing_runs: int = 50


SMOKE = Sizes(
    name="smoke",
    minutes_share=0.05,
    wear_px=32,
    batch_size=8,
    wear_train=40,
    wear_test=8,
    wear_epochs=1,
    heavy_epochs=1,
    patience=0,
    variant_train=40,
    variant_test=8,
    variant_epochs=1,
    amount_train=80,
    amount_shares=(0.5, 1.0),
    amount_epochs=(1, 1),
    amount_seeds=(1, 1),
    cap_px=64,
    cap_train=12,
    cap_test=6,
    cap_epochs=1,
    pole_px=64,
    pole_train=40,
    pole_test=24,
    pole_seeds=2,
    extra_trees=8,
    multiple_train=6,
    multiple_test=3,
    balance_train=24,
    left_out_train=24,
    timing_runs=3,
)
GPU = Sizes(
    name="gpu",
    minutes_share=1.0,
    workers=8,
    wear_px=160,
    wear_train=6500,
    wear_test=600,
    wear_epochs=30,
    heavy_epochs=30,
    patience=8,
    variant_train=5000,
    variant_test=500,
    variant_epochs=30,
    amount_train=6500,
    amount_epochs=(100, 80, 60, 40, 30),
    amount_seeds=(5, 5, 3, 3, 3),
    cap_px=320,
    cap_train=3000,
    cap_test=400,
    cap_epochs=12,
    pole_train=6000,
    pole_test=1000,
    extra_trees=2000,
    multiple_train=1000,
    multiple_test=300,
    balance_train=3000,
    left_out_train=3000,
)
PRESETS = {s.name: s for s in (Sizes(), SMOKE, GPU)}


def sizes_named(name: str, changes: tuple[str, ...] = ()) -> Sizes:
    """A preset with some values changed.

    Args:
        name: one of ``PRESETS``.
        changes: ``key=value`` with whole or decimal numbers, for example ``wear_train=4000``.

    Raises:
        ConfigError: no such preset or key, or the value is not a number.
    """
    if name not in PRESETS:
        raise ConfigError(f"sizes: expected one of {', '.join(PRESETS)}, got {name!r}")
    sizes = PRESETS[name]
    known = {f.name: type(getattr(sizes, f.name)) for f in dataclasses.fields(sizes)}
    values: dict[str, int | float] = {}
    for change in changes:
        key, _, text = change.partition("=")
        if known.get(key) not in (int, float):
            numbers = ", ".join(k for k, kind in known.items() if kind in (int, float))
            raise ConfigError(f"sizes: expected KEY=NUMBER with a key among {numbers}, got {change!r}")
        try:
            values[key] = known[key](text)
        except ValueError as error:
            raise ConfigError(f"sizes: {key}: expected a number, got {text!r}") from error
    if not values:
        return sizes
    return dataclasses.replace(sizes, name=f"{name} changed", **values)  # type: ignore[arg-type]
