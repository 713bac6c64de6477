"""What ``gridlens gap`` and ``gridlens advise`` print of numbers that cannot be sure."""

import math
from pathlib import Path

from core.cli.advise import _words as closing_words
from core.cli.gap import _words as gap_words
from core.compare.closing import Closing
from core.compare.set_distances import GapNumber
from core.services.advice_record import RankedTrial


def test_what_cannot_be_told_is_said_so() -> None:
    assert gap_words(GapNumber(0.5, 0.25, 0.75, 0.125)) == "0.5 (0.25 to 0.75) 0.125"
    assert gap_words(GapNumber(0.5, math.nan, math.nan, math.nan)) == "0.5 (no interval) no floor"
    trial = RankedTrial(("focus",), {"defocus_px": 2.0}, Closing(0.31, 0.24, 0.37), Path("a.png"))
    assert closing_words(trial) == "closes   31% (24% to 37%)  defocus_px=2"
    few = RankedTrial(("light",), {"weather": "dusk"}, Closing(0.31, math.nan, math.nan), Path("a.png"))
    assert closing_words(few) == "closes   31% (no interval)  weather=dusk  (not sure)"
