"""What a spreadsheet holds and how it changes; no HTTP here."""
