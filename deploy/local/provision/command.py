"""Running an installer's command, its output kept for the error."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from deploy.local.failure import ProvisionError

_KEPT_LINES = 12


def run(
    command: Sequence[str],
    *,
    mend: str,
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    on_line: Callable[[str], None] | None = None,
) -> list[str]:
    """Run ``command`` and return the lines of its output, both streams.

    ``on_line`` sees each line as it comes. Raises ProvisionError with the end of the output if the
    command fails or is not there; ``mend`` says what the user can do then.
    """
    lines: list[str] = []
    try:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd=cwd,
            env={**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})},
        )
    except FileNotFoundError as error:
        raise ProvisionError(f"{command[0]} is not on this machine", mend=mend) from error
    with process:
        try:
            for line in process.stdout or ():
                lines.append(line.rstrip("\n"))
                if on_line is not None:
                    on_line(lines[-1])
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        tail = "".join(f"\n    {line}" for line in lines[-_KEPT_LINES:] if line.strip())
        raise ProvisionError(
            f"{Path(command[0]).name} failed with status {process.returncode}:{tail}", mend=mend
        )
    return lines
