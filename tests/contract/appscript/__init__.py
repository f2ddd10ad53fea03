"""What the Apps Script posts for a person's gestures, seen by a webhook that trusts nobody."""
