"""Measures the real stack: ``python -m tests.benchmarks``, or ``make bench CASE=name``."""
