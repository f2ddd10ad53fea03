"""Taking a person's gestures back, as Ctrl+Z and Ctrl+Y do."""
