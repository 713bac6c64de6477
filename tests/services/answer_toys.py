"""Small answers whose counts can be told by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from core.services.saved_answers import Kind, SavedAnswers, write_answers
from tests.services.toys import write_photo

# Two labels on four photos. At IoU 0.5 and threshold 0.5: a cap found on 1.jpg, one needless on 2.jpg, the gap on
# 3.jpg missed (its box is 0.4 sure), and 4.jpg shows nothing and gets nothing.
BOX_ANSWERS = """path,label,score,x_min,y_min,x_max,y_max
1.jpg,cap,0.9,10,10,30,30
2.jpg,cap,0.8,50,50,70,70
3.jpg,gap,0.4,10,10,30,30
"""
BOX_TRUTH = """path,label,x_min,y_min,x_max,y_max
1.jpg,cap,10,10,30,30
2.jpg,gap,50,50,70,70
3.jpg,gap,10,10,30,32
4.jpg,,,,,
"""
CLASS_ANSWERS = """path,label,score,recognised
1.jpg,TREE,0.9,yes
1.jpg,STEEL,0.1,yes
2.jpg,TREE,0.6,yes
2.jpg,STEEL,0.4,yes
3.jpg,TREE,0.2,yes
3.jpg,STEEL,0.8,yes
4.jpg,TREE,0.7,no
4.jpg,STEEL,0.3,no
"""
CLASS_TRUTH = "path,label\n1.jpg,TREE\n2.jpg,STEEL\n3.jpg,STEEL\n4.jpg,NONE\n"
VALUE_ANSWERS = """path,value,low,high,recognised
1.jpg,0.40,0.20,0.60,yes
2.jpg,0.50,0.30,0.70,yes
3.jpg,0.10,0.00,0.30,yes
4.jpg,0.90,0.70,0.95,no
"""
VALUE_TRUTH = "path,value\n1.jpg,0.42\n2.jpg,0.80\n3.jpg,0.10\n4.jpg,0.1\n"
PHOTOS = """path,sha256,day,camera,blur,line
1.jpg,,2026-06-01,A,0.1,L1
2.jpg,,2026-06-01,A,0.5,L1
3.jpg,,2026-06-02,B,0.9,L2
4.jpg,,2026-06-02,B,0.2,L2
"""

_FILES = {
    "box": (BOX_ANSWERS, BOX_TRUTH, ("cap", "gap")),
    "class": (CLASS_ANSWERS, CLASS_TRUTH, ("TREE", "STEEL")),
    "value": (VALUE_ANSWERS, VALUE_TRUTH, ("worn fraction",)),
}


def write_toy_answers(folder: Path, kind: Kind = "box", *, model: str = "toy", version: str = "v1") -> SavedAnswers:
    """A folder of answers, its four photos beside it."""
    answers, truth, labels = _FILES[kind]
    photos_dir = folder.parent / "photos"
    for k in range(1, 5):
        write_photo(photos_dir / f"{k}.jpg", k)
    saved = SavedAnswers(
        folder=folder,
        kind=kind,
        model=model,
        number=1,
        version=version,
        title="Toy",
        labels=labels,
        dataset="toy.csv",
        photos_dir=photos_dir,
        photo_count=4,
        failed_count=0,
        made_at=datetime(2026, 6, 3, tzinfo=UTC),
        calibration={"temperature": 0.5} if kind == "class" else {},
        conformal={"coverage": 0.9, "quantile": 0.2} if kind == "value" else {"coverage": 0.9, "quantile": 0.7},
        thresholds={} if kind == "value" else dict.fromkeys(labels, 0.5),
    )
    return write_answers(saved, {saved.answers_file: answers, saved.truth_file: truth, "photos.csv": PHOTOS})
