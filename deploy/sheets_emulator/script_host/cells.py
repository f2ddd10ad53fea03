"""What a script's reads and writes of cells do to the emulator's spreadsheets."""

from deploy.sheets_emulator.emulator import Emulator
from deploy.sheets_emulator.json_types import JsonObject, JsonValue
from deploy.sheets_emulator.script_host.process import CellCalls

_SCRIPT = "script"


def cell_calls(emulator: Emulator) -> CellCalls:
    """Answers of the Sheets API without quota; what a script writes fires no trigger."""

    def answer(spreadsheet_id: str, call: JsonObject) -> JsonValue:
        document = emulator.spreadsheet(spreadsheet_id)
        match call["method"]:
            case "get":
                return document.get(call["ranges"], call["fields"])
            case "values_get":
                return document.values_get(call["range"], "UNFORMATTED_VALUE")
            case "metadata_search":
                filters = [{"developerMetadataLookup": call["lookup"]}]
                return document.read(
                    "spreadsheets.developerMetadata.search", {"dataFilters": filters}
                )
            case "values_update":
                return document.values_update(call["range"], call["values"], actor=_SCRIPT)
            case "batch_update":
                return document.batch_update(call["requests"], actor=_SCRIPT)
        raise ValueError(f"unknown call {call['method']!r}")

    return answer
