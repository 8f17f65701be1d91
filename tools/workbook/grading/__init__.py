"""What `make grade` is made of: foreign code is taken, built and judged, and nothing of it is trusted."""
