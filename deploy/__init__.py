"""How Sheetbridge is run: command line, local stack, compose, emulator."""
