"""A deterministic simulation of the merge: one seed is one history.

Both stores, both topics, the script with its posts, the connector and the sink with its crashes are
played by one scheduler, in simulated time and without threads. Everything of the sink above its
ports is production code, and so is the emulator's spreadsheet; the database is the double that
passes the same contract tests as MySQL.
"""
