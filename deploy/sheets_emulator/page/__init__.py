"""The page at `/`: a grid in which a person edits, beside it the database and the change events."""

from deploy.sheets_emulator.page.routes import create_router

__all__ = ["create_router"]
