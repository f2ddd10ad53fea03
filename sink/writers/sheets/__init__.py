"""The sheet's side: rows found by key, columns by header, writes that see what they replace."""
