"""Results to plotly figures: curves, distributions, histories. Knows no page."""
