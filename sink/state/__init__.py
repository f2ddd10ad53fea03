"""What Sheetbridge remembers, in its own schema beside the data."""
