"""Training runs in words: status with its icon, progress, best value, size."""

from __future__ import annotations

from components.wording import count_text, duration_text
from core.services.training_runs import RunStatus, TrainingRun

STATUS_ICONS: dict[RunStatus, str] = {
    "waiting": ":material/hourglass_top:",
    "running": ":material/play_circle:",
    "done": ":material/check_circle:",
    "failed": ":material/error:",
    "stopped": ":material/stop_circle:",
    "interrupted": ":material/power_off:",
}
STATUS_SIGNS: dict[RunStatus, str] = {
    "waiting": "… waiting",
    "running": "▶ running",
    "done": "✓ done",
    "failed": "✕ failed",
    "stopped": "■ stopped",
    "interrupted": "! interrupted",
}
STATUS_SENTENCES: dict[RunStatus, str] = {
    "waiting": "Waits for its turn: one training runs at a time.",
    "running": "Goes on when this page is closed.",
    "done": "Finished.",
    "failed": "Ended with an error.",
    "stopped": "Was stopped. What it had learned is kept.",
    "interrupted": "Its process ended without a word, for example with the machine. What it had learned is kept.",
}


def epochs_text(run: TrainingRun) -> str:
    """``7 of 30``; ``7`` where it is not known how many there will be; "" where nothing is known."""
    if run.epoch_count:
        return f"{len(run.epochs)} of {run.epoch_count}"
    return f"{len(run.epochs)}" if run.epochs else ""


def best_text(run: TrainingRun) -> str:
    """``0.1035 at epoch 25``; "" before the first epoch. Of the validation loss, where there is one."""
    best = run.best
    if best is None:
        return ""
    value = best.values.get("val_loss", best.values.get("loss", float("nan")))
    return f"{value:.4g} at epoch {best.number}"


def run_line(run: TrainingRun) -> str:
    """How far a run is, in one line: ``7 of 30 epochs · 12 s each · 5 min left``; "" where there is nothing yet."""
    if run.status == "running" and not run.epochs:
        return "getting ready: reading photos and building the network"
    if not run.epochs:
        return ""
    parts = [f"{epochs_text(run)} epochs"]
    if run.epoch_s is not None:
        parts.append(f"{seconds_text(run.epoch_s)} each")
    if run.left_s is not None:
        parts.append(f"{duration_text(run.left_s)} left" if run.left_s else "measuring and exporting")
    return " · ".join(parts)


def seconds_text(seconds: float | None) -> str:
    """``1.4 s`` below ten seconds, else as durations are written; "" for None."""
    if seconds is None:
        return ""
    return f"{seconds:.1f} s" if seconds < 10 else duration_text(seconds)


def size_text(byte_count: int | None) -> str:
    """``27.4 MB``; "" for None."""
    return "" if byte_count is None else f"{byte_count / 1e6:.1f} MB"


def in_line_text(waiting: int) -> str:
    """``2 runs wait in line``."""
    return f"{count_text(waiting, 'run')} {'waits' if waiting == 1 else 'wait'} in line"
