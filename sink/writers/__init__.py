"""The two sides that the sink writes to, and the dead letters."""
