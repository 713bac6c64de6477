"""Relevance maps, feature maps and their scores, on Keras networks."""
