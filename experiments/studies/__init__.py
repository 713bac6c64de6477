"""The studies, one file each, in the order in which they are written up."""

from experiments.studies import architectures, balance, data_amount, render_variables, top_caps, variants

STUDIES = (
    architectures.STUDY,
    variants.STUDY,
    data_amount.STUDY,
    top_caps.STUDY,
    balance.STUDY,
    render_variables.STUDY,
)
