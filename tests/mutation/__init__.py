"""Deliberate faults in the merge, one by one, each of which a quick test must find."""
