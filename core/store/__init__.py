"""The only SQL and the only file writes: photos, metadata log, findings, plugins, batches and their ledger."""

from core.store.filter_parser import parse_filter
from core.store.filters import keys_of, matches
from core.store.plugins import plan_order
from core.store.rows import (
    AddedPhoto,
    Batch,
    BatchProgress,
    ChosenThreshold,
    LedgerRow,
    LogEntry,
    MetadataChange,
    ModelUse,
    PhotoFilter,
    PhotoPoint,
    PhotoRow,
    Plugin,
)
from core.store.store import Store, open_store

__all__ = [
    "AddedPhoto",
    "Batch",
    "BatchProgress",
    "ChosenThreshold",
    "LedgerRow",
    "LogEntry",
    "MetadataChange",
    "ModelUse",
    "PhotoFilter",
    "PhotoPoint",
    "PhotoRow",
    "Plugin",
    "Store",
    "keys_of",
    "matches",
    "open_store",
    "parse_filter",
    "plan_order",
]
