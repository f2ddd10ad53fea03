"""The Apps Script host: a Node process that runs the project's script as Google would."""

from deploy.sheets_emulator.script_host.process import ScriptHost, ScriptHostError

__all__ = ["ScriptHost", "ScriptHostError"]
