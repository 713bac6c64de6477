"""Names in Streamlit's session state and in the address, all in one place.

Names in the address are part of what people copy and send; they stay as they are.
"""

from __future__ import annotations

# In the address
PHOTO = "photo"
BATCH = "batch"
TAG = "tag"
HEAT = "heat"
ORDER = "order"
LABEL_FILTER = "finding"
REVIEW_FILTER = "review"
TAG_FILTER = "tagged"
RUNS = "runs"
RUN_SHOWN = "run"
RUN_PART = "show"
MEASURE = "measure"
SCALE = "scale"
SMOOTH = "smooth"
CURVE_PARTS = "curves"
NEW_RUN = "new"
NEW_WAY = "way"
LAB_SCENE = "scene"
LAB_VARIANT = "variant"
LAB_SEED = "seed"
DATASET = "dataset"
DATASET_VIEW = "view"
DATASET_LABEL = "label"
DATASET_OTHER = "against"
DATASET_CHANGE = "change"

# In the session only
PAGE = "inspect.page"
PHOTO_SEEN = "inspect.photo_seen"
UPLOAD_SEEN = "inspect.upload_seen"
GALLERY = "inspect.gallery"
BATCH_CHOICE = "inspect.batch_choice"
OWN_TAG = "inspect.own_tag"
DROP_ZONE = "inspect.drop_zone"
VIEWER = "inspect.viewer"
GALLERY_CARDS = "inspect.gallery_cards"
REVIEW = "inspect.review"
LAB_LIVE = "lab.live"
LAB_MASKS = "lab.masks"
LAB_DATASET = "lab.dataset"
DATASET_PAGE = "datasets.page"
DATASET_LEFT_OUT = "datasets.left_out"
DATASETS_MADE = "datasets.made"

ALL_BATCHES = "all"


def threshold_key(model: str, label: str) -> str:
    """Name in the address of a label's threshold, for example ``topcap.whole_top_cap``."""
    return f"{model}.{label.replace(' ', '_')}"
