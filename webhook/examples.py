"""Requests and answers as OpenAPI shows them; tests hold them to the schemas."""

from __future__ import annotations

EDIT = {
    "version": 1,
    "id": "7d0bb0a4-5c4c-4f0e-8f5a-0a9f3f1f9c11",
    "kind": "edit",
    "spreadsheet_id": "1AbCdEfGhIjKlMnOpQrStUvWxYz",
    "tab": "planes",
    "time_ms": 1_763_939_915_123,
    "editor": "ann@example.com",
    "rows": [
        {
            "row": 5,
            "key": {"tailnum": "N10156"},
            "typed": True,
            "cells": {"year": {"value": 2004, "old": 2003}},
        }
    ],
}
_ORIGIN = {name: EDIT[name] for name in ("version", "id", "spreadsheet_id", "tab", "time_ms")}
KEY_EDIT = {
    **_ORIGIN,
    "kind": "edit",
    "editor": None,
    "rows": [
        {
            "row": 5,
            "key": {"tailnum": "N2"},
            "old_key": {"tailnum": "N1"},
            "key_edited": True,
            "cells": {
                "tailnum": {"value": "N2", "old": "N1"},
                "year": {"value": 2004},
                "built": {"value": {"date": "2004-01-02T00:00:00.000"}},
                "seats": {"value": 55, "formula": "=50+5"},
                "engine": {"value": {"error": "#REF!"}},
            },
        }
    ],
}
HINT = {**_ORIGIN, "kind": "hint", "change_type": "REMOVE_ROW", "editor": None}
COMMAND = {**_ORIGIN, "kind": "command", "command": "reconcile", "editor": "ann@example.com"}
HEARTBEAT = {**_ORIGIN, "kind": "heartbeat"}
MAPPED = {"name": "planes", "tab": "planes", "key": ["tailnum"], "columns": ["tailnum", "year"]}


STANDING = {
    "name": "planes",
    "tab": "planes",
    "sink": {
        "at_ms": 1_763_939_915_123,
        "phase": "running",
        "reason": "tab 'planes' has no header 'tailnum'",
        "paused": False,
        "last_change_ms": 1_763_939_900_000,
        "waiting": 0,
        "held": [
            {"what": "deletes", "count": 35, "origin": "sheet", "since_ms": 1_763_939_000_000}
        ],
        "refused": {
            "rows": 1,
            "examples": [
                {"key": '{"tailnum":"N1"}', "header": "year", "reason": "takes a whole number"}
            ],
        },
    },
}
