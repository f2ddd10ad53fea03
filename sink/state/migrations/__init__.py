"""Versions of the schema in which Sheetbridge remembers, applied by Alembic."""
