"""What a person's hand does to a spreadsheet, and the events that Google fires for it.

Each gesture changes the document and says what its triggers are told.
"""

from deploy.sheets_emulator.gestures.cells import clear, edit, tick
from deploy.sheets_emulator.gestures.copying_cells import cut_paste, fill, find_replace
from deploy.sheets_emulator.gestures.filtering import clear_filter, set_filter
from deploy.sheets_emulator.gestures.gesture import Done, Gesture
from deploy.sheets_emulator.gestures.lines import (
    delete_columns,
    delete_rows,
    hide_columns,
    hide_rows,
    insert_columns,
    insert_rows,
    move_columns,
    move_rows,
    show_columns,
    show_rows,
    sort,
)
from deploy.sheets_emulator.gestures.tabs import add_tab, delete_tab, open_document, rename_tab
from deploy.sheets_emulator.gestures.undoing import redo, undo

__all__ = ["GESTURES", "Done", "Gesture"]

GESTURES: dict[str, Gesture] = {
    "edit": edit,
    "clear": clear,
    "tick": tick,
    "fill": fill,
    "cut_paste": cut_paste,
    "find_replace": find_replace,
    "insert_rows": insert_rows,
    "insert_columns": insert_columns,
    "delete_rows": delete_rows,
    "delete_columns": delete_columns,
    "move_rows": move_rows,
    "move_columns": move_columns,
    "hide_rows": hide_rows,
    "show_rows": show_rows,
    "hide_columns": hide_columns,
    "show_columns": show_columns,
    "set_filter": set_filter,
    "clear_filter": clear_filter,
    "sort": sort,
    "add_tab": add_tab,
    "delete_tab": delete_tab,
    "rename_tab": rename_tab,
    "open": open_document,
    "undo": undo,
    "redo": redo,
}
