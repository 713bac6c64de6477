"""Results to plotly figures. Plotly is imported when a figure is drawn, so that no page waits for it at the start."""
