"""Doubles at the edges: stores and sheets in memory, for tests without servers."""
