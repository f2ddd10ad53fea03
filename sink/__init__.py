"""The sink: merges both streams and writes the result to the opposite side."""
