"""A stand-in for Google: Sheets API v4, a grid for people, an Apps Script host."""
