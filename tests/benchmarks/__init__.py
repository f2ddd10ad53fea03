"""Benchmarks: each case on the real stack, its figures beside the limit measured in the same run."""
