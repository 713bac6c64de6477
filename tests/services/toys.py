"""A store in a temporary folder, small photos, and models that say what a test tells them to."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from core.config import REPOSITORY, Settings
from core.runtime.model_config import InputConfig, ModelConfig, ModelFolder
from core.services.context import Context
from core.services.thresholds import shipped_thresholds
from core.store import open_store
from core.types import Finding, HeatMap, Prediction, UInt8Image

HELICOPTER, CLOSE_UP = "helicopter inspection", "shackle close-up"
SHIPPED_MODELS = Path(os.environ.get("GRIDLENS_MODELS", REPOSITORY / "models"))


def toy_settings(home: Path, models_dir: Path = SHIPPED_MODELS) -> Settings:
    return Settings(
        home=home,
        database_url=f"sqlite:///{home / 'gridlens.sqlite'}",
        photos_url=str(home / "photos"),
        models_dir=models_dir,
        worker_count=2,
        max_upload_bytes=20_000_000,
        max_pixels=50_000_000,
        runs_dir=home / "runs",
    )


def write_photo(path: Path, seed: int = 0, width_px: int = 480, height_px: int = 320) -> Path:
    """A JPEG of coloured blobs, another one for each seed."""
    coarse = np.random.default_rng(seed).integers(0, 256, (8, 12, 3), np.uint8)
    image = cv2.resize(coarse, (width_px, height_px), interpolation=cv2.INTER_CUBIC)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".jpg", image)[1].tobytes())
    return path


def class_finding(label: str, confidence: float = 0.9, **changes: object) -> Finding:
    finding = Finding("polecat", "v1", "class", label, confidence, {label: confidence}, (label,))
    return dataclasses.replace(finding, **changes)  # type: ignore[arg-type]


def box_finding(label: str, confidence: float, box: tuple[float, float, float, float] = (10, 10, 30, 30)) -> Finding:
    return Finding("topcap", "v1", "box", label, confidence, {label: confidence}, box_xyxy_px=box)


def worn_finding(value: float, **changes: object) -> Finding:
    finding = Finding("shackle", "v1", "value", "worn fraction", value=value, interval=(value - 0.1, value + 0.1))
    return dataclasses.replace(finding, **changes)  # type: ignore[arg-type]


class ToyModel:
    """Answers what it is told, and remembers what it was asked."""

    def __init__(self, name: str, labels: tuple[str, ...], findings: tuple[Finding, ...], long_side_px: int) -> None:
        config = ModelConfig(
            name=name, number=1, title=name.title(), family="classification", labels=labels,
            input=InputConfig(8, 8, "stretch"), feature_layer="last", architecture={}, calibration={},
            conformal={"coverage": 0.9, "quantile": 0.9}, recognition={}, thresholds=dict.fromkeys(labels, 0.5),
            training={},
        )  # fmt: skip
        self.folder = ModelFolder(Path(name), config, "v1")
        self.findings = findings
        self.long_side_px = long_side_px
        self.asked: list[tuple[int, int]] = []
        self.error: Exception | None = None

    def wanted_long_side_px(self, width_px: int, height_px: int) -> int:
        return self.long_side_px

    def predict(self, photo_sha256: str, image_hwc: UInt8Image, original_size_px: tuple[int, int]) -> Prediction:
        self.asked.append((image_hwc.shape[1], image_hwc.shape[0]))
        if self.error is not None:
            raise self.error
        name, version = self.folder.config.name, self.folder.version
        findings = tuple(dataclasses.replace(f, model=name, version=version) for f in self.findings)
        label = self.folder.config.labels[0]
        heat_map = HeatMap(label, np.arange(6, dtype=np.float32).reshape(2, 3), "cam", "last")
        return Prediction(photo_sha256, name, version, {}, findings, (heat_map,), 0.001)


class ToyRegistry:
    """In place of the model registry: PoleCat says TREE, TopCap Finder a missing cap, Shackle wear 42 %."""

    def __init__(self) -> None:
        caps = ("whole top cap", "whole missing top cap")
        self.models = {
            "polecat": ToyModel("polecat", ("TREE", "STEEL", "CONCRETE"), (class_finding("TREE"),), 224),
            "topcap": ToyModel("topcap", caps, (box_finding(caps[1], 0.8), box_finding(caps[0], 0.1)), 400),
            "shackle": ToyModel("shackle", ("worn fraction",), (worn_finding(0.42),), 160),
        }

    @property
    def folders(self) -> dict[str, ModelFolder]:
        return {name: model.folder for name, model in self.models.items()}

    def __contains__(self, name: str) -> bool:
        return name in self.models

    def folder(self, name: str) -> ModelFolder:
        return self.models[name].folder

    def model(self, name: str) -> ToyModel:
        return self.models[name]


def toy_context(home: Path) -> tuple[Context, ToyRegistry]:
    registry = ToyRegistry()
    settings = toy_settings(home)
    return Context(settings, open_store(settings), registry, shipped_thresholds(registry.folders)), registry  # type: ignore[arg-type]


AddPhoto = Callable[..., str]
