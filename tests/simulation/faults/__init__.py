"""Deliberate faults: the simulation must find each of them, or it proves nothing."""
