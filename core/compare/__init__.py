"""Distances between photos and between sets of them: histograms, hashes, edges, embeddings, the synthetic gap."""
