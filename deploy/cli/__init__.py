"""The sheetbridge command."""
