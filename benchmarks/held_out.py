"""Score a shipped model on its held-out renders, and say so in its card, with the command that gives the figures.

usage: python benchmarks/held_out.py MODEL DATASET.csv [--windows] [--write]

The figures are those of ``gridlens evaluate`` with the same arguments: of the exported LiteRT network, as inspection
runs it. ``--windows`` is for a detector's renders, which are cut out at the scale that it works at.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from core.config import read_settings
from core.runtime.model_config import find_model
from core.services.evaluate import Evaluation, evaluate_model

_HEADING = "## On held-out photos"
_SHOWN = ("precision", "recall", "f1", "ap_50")


def held_out_section(evaluation: Evaluation, command: str) -> str:
    """The card's section on photos held out of training, in Markdown, with 95 % intervals where there are."""
    lines = [_HEADING, "", f"{evaluation.count} photos: `{command}`", "", "| measure | value | 95 % interval |"]
    lines.append("|---|---|---|")
    for name, value in evaluation.metrics.items():
        interval = evaluation.intervals.get(name)
        lines.append(f"| {name} | {value:.4f} | " + (f"{interval[0]:.3f} to {interval[1]:.3f} |" if interval else "|"))
    if evaluation.per_label:
        names = [n for n in _SHOWN if n in next(iter(evaluation.per_label.values()))]
        lines += ["", "| label | " + " | ".join(names) + " | count |", "|---" * (len(names) + 2) + "|"]
        for label, rates in evaluation.per_label.items():
            lines.append(f"| {label} | " + " | ".join(f"{rates[n]:.3f}" for n in names) + f" | {rates['count']:.0f} |")
    return "\n".join(lines) + "\n"


def write_into_card(card: Path, section: str) -> None:
    """Put the section in place of the one that training wrote, before the next heading."""
    before, rest = card.read_text().split(_HEADING, 1)
    card.write_text(before + section + "\n## " + rest.split("\n## ", 1)[1])


def main() -> None:
    """Evaluate, print, and update the card if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--windows", action="store_true")
    parser.add_argument("--write", action="store_true", help="put the figures into the model's card")
    chosen = parser.parse_args()
    folder = find_model(read_settings().models_dir, chosen.model)
    evaluation = evaluate_model(folder, chosen.dataset, windows=chosen.windows)
    command = f"gridlens evaluate {chosen.model} {chosen.dataset}" + (" --windows" if chosen.windows else "")
    section = held_out_section(evaluation, command)
    print(f"# {folder.path.name}\n{section}")
    if chosen.write:
        write_into_card(folder.path / "card.md", section)


if __name__ == "__main__":
    main()
