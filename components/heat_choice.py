"""Which heat map the viewer offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components import session_keys as keys
from components.addressed import addressed_select
from components.photo_viewer import HeatChoice
from core.runtime.model_config import ModelFolder
from core.services.better_map import has_better_map
from core.services.urgency import urgency_of
from core.services.wording import label_words
from core.types import Finding


def heat_choice(
    maps: Sequence[tuple[str, str]], folders: Mapping[str, ModelFolder], findings: Sequence[Finding]
) -> HeatChoice | None:
    """Draw the choice among a photo's heat maps.

    Args:
        maps: (model, label) of those that there are.
        folders: installed models, for their titles.
        findings: the photo's; the map of the most urgent one is offered first.

    Returns:
        The chosen one; None where there is none.
    """
    if not maps:
        return None
    by_urgency = sorted(findings, key=lambda finding: -urgency_of(finding))
    ranked = [(f.model, f.label) for f in by_urgency if (f.model, f.label) in maps]
    names = {f"{model}/{label}": (model, label) for model, label in dict.fromkeys([*ranked, *maps])}

    def words(name: str) -> str:
        model, label = names[name]
        title = folders[model].config.title if model in folders else model
        return f"{title}: {label_words(label)}"

    best = next(iter(names))
    chosen = addressed_select("Heat map (key h)", list(names), name=keys.HEAT, default=best, words=words)
    model, label = names[chosen or best]
    is_value = model in folders and folders[model].config.family == "regression"
    title = f"{label_words(label)}: what lowers and raises it" if is_value else f"What speaks for: {label_words(label)}"
    has_better = model in folders and has_better_map(folders[model])
    return HeatChoice(model, label, title, diverging=is_value, has_better=has_better)
