"""The methods there are, and what each of them needs."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from core.errors import NotFoundError

Place = Literal["layer", "photo"]
PHOTO_LAYER = "photo"  # what Explanation.layer says of maps over pixels


@dataclass(frozen=True, slots=True)
class Method:
    """One way to a map.

    Attributes:
        name: as in the command line.
        title: for people.
        place: ``layer``: relevance of a layer's cells; ``photo``: relevance of places in the photo; no layer to choose.
        passes: how many forward passes it takes, in words; for people who choose.
        knows_target: False where the map is the same for every class.
        source: the paper.
    """

    name: str
    title: str
    place: Place
    passes: str
    source: str
    knows_target: bool = True


_ALL = (
    Method("cam", "Class activation map", "layer", "1", "Zhou et al. 2016, arXiv:1512.04150"),
    Method("gradcam", "Grad-CAM", "layer", "1 and back", "Selvaraju et al. 2017, arXiv:1610.02391"),
    Method("gradcam++", "Grad-CAM++", "layer", "1 and back", "Chattopadhay et al. 2018, arXiv:1710.11063"),
    Method("hirescam", "HiResCAM", "layer", "1 and back", "Draelos and Carin 2020, arXiv:2011.08891"),
    Method("layercam", "LayerCAM", "layer", "1 and back", "Jiang et al. 2021, doi:10.1109/TIP.2021.3089943"),
    Method(
        "layercam_depths",
        "LayerCAM, agreed over depths",
        "photo",
        "1 and back",
        "Jiang et al. 2021; a product of depths as in Selvaraju et al. 2017, section 3.2",
    ),
    Method("scorecam", "Score-CAM", "layer", "one a live channel", "Wang et al. 2020, arXiv:1910.01279"),
    Method("eigencam", "EigenCAM", "layer", "1", "Muhammad and Yeasin 2020, arXiv:2008.00299", knows_target=False),
    Method("saliency", "Saliency", "photo", "1 and back", "Simonyan et al. 2013, arXiv:1312.6034"),
    Method("smoothgrad", "SmoothGrad", "photo", "20 and back", "Smilkov et al. 2017, arXiv:1706.03825"),
    Method(
        "integrated_gradients",
        "Integrated gradients",
        "photo",
        "32 and back",
        "Sundararajan et al. 2017, arXiv:1703.01365",
    ),
    Method("occlusion", "Occlusion", "photo", "225", "Zeiler and Fergus 2013, arXiv:1311.2901"),
    Method("drise", "D-RISE", "photo", "400", "Petsiuk et al. 2021, arXiv:2006.03204; one output: RISE, 1806.07421"),
)

METHODS: dict[str, Method] = {method.name: method for method in _ALL}
"""Every method by name."""


def find_method(name: str) -> Method:
    """A method by name.

    Raises:
        NotFoundError: no such method; names the nearest, or all.
    """
    if name not in METHODS:
        near = get_close_matches(name, METHODS, n=3, cutoff=0.5) or list(METHODS)
        raise NotFoundError(f"method {name!r}: expected one of {', '.join(near)}")
    return METHODS[name]
