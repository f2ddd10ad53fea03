"""Waiting for a service that starts."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from deploy.local.failure import ServiceError
from deploy.local.identity import ProcessIdentity
from deploy.local.service import Service, wait_until_ready


def test_a_start_that_is_given_up_is_not_waited_for(tmp_path: Path) -> None:
    abandoned = threading.Event()

    def never_ready() -> bool:
        abandoned.set()  # Ctrl-C comes while it is asked
        return False

    service = Service("kafka", "Kafka", (), "127.0.0.1:1", tmp_path / "log", tmp_path, never_ready)
    own = ProcessIdentity.of(os.getpid())
    with pytest.raises(ServiceError, match="was interrupted"):
        wait_until_ready(service, own, abandoned.is_set)
