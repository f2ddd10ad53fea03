"""The Sheets API v4: requests and answers as Google shapes them."""
