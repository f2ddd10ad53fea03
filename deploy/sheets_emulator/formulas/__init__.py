"""Formulas: reading them, moving their references, and working out their values."""
