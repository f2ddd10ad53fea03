"""The type of decoded JSON messages.

Bodies are checked against the discovery document's schemas at the door
(`api.schema_check`), so inside the emulator a message is a plain dictionary whose members have
the types that https://developers.google.com/workspace/sheets/api/reference/rest says.
"""

from typing import Any, TypeAlias

# `Any`: JSON is whatever the schema says; 273 message types are not spelled out again here.
JsonObject: TypeAlias = dict[str, Any]
JsonValue: TypeAlias = Any
