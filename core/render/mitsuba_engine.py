"""Finds out how this machine can run Mitsuba, without risking this process.

The LLVM variant is many times faster than the scalar one, but loads a system library (libLLVM 17 or
newer) whose older versions refuse or abort the whole process. Each candidate is therefore tried in a
process of its own, and the scalar variant, which needs nothing, is what remains.
"""

from __future__ import annotations

import glob
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.errors import RenderError

# Scenes, kernels and emitters of one process share state: two threads in Mitsuba at once abort it.
_one_at_a_time = threading.RLock()

LLVM_VARIANT = "llvm_ad_rgb"
SCALAR_VARIANT = "scalar_rgb"
OLDEST_LLVM = 17
PROBE_TIMEOUT_S = 90.0
# The film needs a render, not just a set_variant: LLVM 14 loads and aborts at the first kernel.
PROBE_CODE = (
    "import mitsuba as mi; mi.set_variant('llvm_ad_rgb'); import drjit as dr; "
    "a = dr.arange(mi.Float, 64) * 2; assert a[63] == 126"
)
LIBRARY_PATTERNS = (
    "/usr/lib/*/libLLVM*.so*",
    "/usr/lib/llvm-*/lib/libLLVM*.so*",
    "/usr/lib64/libLLVM*.so*",
    "/usr/lib/libLLVM*.so*",
    "/usr/local/lib/libLLVM*.so*",
    "/opt/homebrew/opt/llvm*/lib/libLLVM*.dylib",
    "/usr/local/opt/llvm*/lib/libLLVM*.dylib",
)


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """Which Mitsuba variant this machine runs, and why.

    Attributes:
        variant: ``llvm_ad_rgb`` or ``scalar_rgb``.
        llvm_path: the library that the LLVM variant loads; None where it finds one by itself or for scalar.
        reason: one sentence for a person.
    """

    variant: str
    llvm_path: str | None
    reason: str


def llvm_candidates() -> tuple[str, ...]:
    """Paths that may be a usable libLLVM: what ``DRJIT_LIBLLVM_PATH`` says first, then newest first."""
    named = os.environ.get("DRJIT_LIBLLVM_PATH")
    found: dict[str, int] = {}
    for pattern in LIBRARY_PATTERNS:
        for path in glob.glob(pattern):
            version = _llvm_version(path)
            if version >= OLDEST_LLVM:
                found.setdefault(os.path.realpath(path), version)
    newest_first = sorted(found, key=lambda path: (-found[path], path))
    return tuple(dict.fromkeys(([named] if named else []) + newest_first))


def probe_llvm(path: str, *, timeout_s: float = PROBE_TIMEOUT_S) -> bool:
    """Tell whether the LLVM variant computes with the library at ``path``, tried in a process of its own."""
    environment = {**os.environ, "DRJIT_LIBLLVM_PATH": path}
    try:
        done = subprocess.run(
            [sys.executable, "-c", PROBE_CODE], env=environment, capture_output=True, timeout=timeout_s, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


@lru_cache(maxsize=1)
def choose_engine() -> EngineChoice:
    """Choose the fastest variant that works here. ``GRIDLENS_MITSUBA_VARIANT=scalar_rgb`` forces the fallback.

    Raises:
        RenderError: ``GRIDLENS_MITSUBA_VARIANT`` names neither of the two variants.
    """
    wanted = os.environ.get("GRIDLENS_MITSUBA_VARIANT", "")
    if wanted not in ("", LLVM_VARIANT, SCALAR_VARIANT):
        raise RenderError(
            f"GRIDLENS_MITSUBA_VARIANT: expected {LLVM_VARIANT} or {SCALAR_VARIANT}, received {wanted!r}; unset it"
        )
    if wanted != SCALAR_VARIANT:
        for path in llvm_candidates():
            if probe_llvm(path):
                return EngineChoice(LLVM_VARIANT, path, f"libLLVM at {path} works")
    if wanted == LLVM_VARIANT:
        raise RenderError(
            f"expected libLLVM {OLDEST_LLVM} or newer, found none that works; run `apt install libllvm19`, "
            "or set DRJIT_LIBLLVM_PATH to the library, or unset GRIDLENS_MITSUBA_VARIANT for the slower variant"
        )
    reason = "asked for" if wanted else f"no working libLLVM {OLDEST_LLVM} or newer (`apt install libllvm19`)"
    return EngineChoice(SCALAR_VARIANT, None, reason)


@contextmanager
def mitsuba_session() -> Iterator[Any]:
    """Lend the ``mitsuba`` module, its variant set, to one thread at a time. All rendering happens inside.

    Raises:
        RenderError: Mitsuba is not installed, or refuses the variant.
    """
    with _one_at_a_time:
        yield _load_mitsuba()


def _load_mitsuba() -> Any:
    """Return the module with this machine's variant set for the calling thread: the variant belongs to the thread.

    Raises:
        RenderError: Mitsuba is not installed, or refuses the variant.
    """
    if "tensorflow" in sys.modules and "drjit" not in sys.modules:
        # Going on would end the process with a segmentation fault; see core.networks.load_order.
        raise RenderError("expected Mitsuba to be loaded before TensorFlow; import core.networks before tensorflow")
    choice = choose_engine()
    if choice.llvm_path is not None:
        os.environ["DRJIT_LIBLLVM_PATH"] = choice.llvm_path
    try:
        import mitsuba
    except ImportError as error:
        raise RenderError(f"expected the package mitsuba, received {error}; run `pip install mitsuba`") from error
    if mitsuba.variant() != choice.variant:
        try:
            mitsuba.set_variant(choice.variant)
        except Exception as error:
            raise RenderError(f"mitsuba refuses {choice.variant}: {error}; set GRIDLENS_MITSUBA_VARIANT") from error
        # Placeholder meshes without extent warn on every load; errors still raise.
        mitsuba.set_log_level(mitsuba.LogLevel.Error)
    return mitsuba


def _llvm_version(path: str) -> int:
    """Read the major version from names such as ``libLLVM.so.19.1``, ``libLLVM-17.so.1``, ``llvm-18/lib/…``."""
    match = re.search(r"libLLVM[-.](?:so\.|dylib\.)?(\d+)", path) or re.search(r"llvm[-@](\d+)", path)
    return int(match.group(1)) if match else 0
