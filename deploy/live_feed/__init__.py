"""Feeds the demo page with the live table and the stream of change events."""
