"""What cannot be beaten here: the least that must happen for each case, measured beside it."""
