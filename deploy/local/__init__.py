"""The whole stack as processes, without Docker."""
