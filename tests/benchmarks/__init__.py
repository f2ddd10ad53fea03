"""Benchmarks: each case on the real stack, beside the limit measured in the same run."""
