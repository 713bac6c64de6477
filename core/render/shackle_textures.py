"""Surface textures of hot-dip galvanised steel: zinc spangle, rust, grime; all procedural."""

from __future__ import annotations

import numpy as np

from core.render.procedural_noise import grains, octave_noise
from core.render.shackle_variables import ShackleVariables
from core.render.surface import SurfaceTextures, cover, mix, normal_map

TEXTURE_PX = 512
PLAIN_GREY = 0.45  # linear reflectance of clean zinc
RUST_DARK = np.array([0.055, 0.022, 0.012], np.float32)
RUST_LIGHT = np.array([0.30, 0.115, 0.040], np.float32)
GRIME = np.array([0.045, 0.042, 0.034], np.float32)


def shackle_textures(variables: ShackleVariables) -> SurfaceTextures:
    """Make the set for one joint, 512 px for one rod circumference; plain grey where it is not textured."""
    if variables.textured < 0.5:
        return _plain(variables.roughness)
    rng = np.random.default_rng([variables.detail_seed, 11])
    shape = (TEXTURE_PX, TEXTURE_PX)
    spangle, _ = grains(rng, TEXTURE_PX, int(rng.integers(60, 400)))
    broad = octave_noise(rng, shape, cells=3)
    fine = octave_noise(rng, shape, cells=24, octaves=3)
    zinc = rng.uniform(0.24, 0.62) * (1.0 + rng.uniform(0.05, 0.45) * (spangle - 0.5) + 0.25 * (broad - 0.5))
    tint = np.array([1.0, 1.0, 1.0 + rng.uniform(-0.02, 0.06)], np.float32)
    color = np.asarray(zinc[..., None] * tint, np.float32)
    rusting = octave_noise(rng, shape, cells=4, octaves=6, gain=0.7)
    rust = cover(rusting, variables.rust, softness=0.07)
    stain = cover(rusting, min(1.0, 1.5 * variables.rust), softness=0.3)  # rust that water has carried off
    color = mix(color, RUST_LIGHT, 0.4 * stain)
    rust_shade = np.clip(0.55 * fine + 0.75 * octave_noise(rng, shape, cells=7) - 0.2, 0.0, 1.0)[..., None]
    color = mix(color, RUST_DARK * (1.0 - rust_shade) + RUST_LIGHT * rust_shade, rust)
    grime = variables.dirt * np.clip(1.6 * octave_noise(rng, shape, cells=2, octaves=5) - 0.3, 0.0, 1.0)
    color = mix(color, GRIME, 0.85 * grime)
    clean = variables.roughness + 0.15 * (spangle - 0.5) + 0.2 * (fine - 0.5)
    rough = np.clip(mix(clean, 0.9, np.maximum(rust, grime)), 0.12, 1.0)
    height = 0.35 * fine + 0.15 * spangle + rust * (0.9 * rust_shade[..., 0] + 0.4)
    return SurfaceTextures(
        base_color=np.clip(color, 0.01, 0.95).astype(np.float32),
        roughness=rough[..., None].astype(np.float32),
        metallic=np.clip(1.0 - np.maximum(rust, 0.8 * grime), 0.0, 1.0)[..., None].astype(np.float32),
        normal=normal_map(height.astype(np.float32), 3.0),
    )


def _plain(roughness: float) -> SurfaceTextures:
    shape = (TEXTURE_PX, TEXTURE_PX, 1)
    return SurfaceTextures(
        base_color=np.full((TEXTURE_PX, TEXTURE_PX, 3), PLAIN_GREY, np.float32),
        roughness=np.full(shape, roughness, np.float32),
        metallic=np.ones(shape, np.float32),
        normal=np.broadcast_to(np.array([0.5, 0.5, 1.0], np.float32), (TEXTURE_PX, TEXTURE_PX, 3)).copy(),
    )
