"""What every use case works with: the settings, one store, one model registry."""

from __future__ import annotations

from dataclasses import dataclass

from core.config import Settings
from core.runtime.registry import ModelRegistry
from core.services.thresholds import Thresholds, shipped_thresholds, thresholds_in_force
from core.store import Store, open_store


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """One process's way to the store and the models. Thread-safe; open one a process and keep it.

    Attributes:
        settings: where things are.
        store: photos, findings, ledger.
        registry: models; sessions are loaded at first use.
        shipped: confidence from which a finding counts, by model and label, as the models came.
    """

    settings: Settings
    store: Store
    registry: ModelRegistry
    shipped: Thresholds

    @property
    def thresholds(self) -> Thresholds:
        """The thresholds in force: those that people chose for the installed versions, else the shipped ones.

        Read from the store each time (under a millisecond), so that a choice holds in every process at once.

        Raises:
            StoreError: the store cannot be read.
        """
        return thresholds_in_force(self.registry.folders, self.shipped, self.store.chosen_thresholds())


def open_context(settings: Settings) -> Context:
    """Open the store (made if need be) and look at the models.

    Raises:
        StoreError: the database or the photo folder cannot be opened.
        ModelError: a model folder is incomplete.
    """
    registry = ModelRegistry(settings.models_dir)
    return Context(settings, open_store(settings), registry, shipped_thresholds(registry.folders))
