"""Ports are free ones, remembered, and never fought over."""

from __future__ import annotations

import json
import socket
from pathlib import Path

from deploy.local import ports


def test_every_name_gets_a_port_of_its_own(tmp_path: Path) -> None:
    chosen = ports.choose(["a", "b", "c"], tmp_path / "ports.json")

    assert len(set(chosen.values())) == 3
    assert all(ports.is_free(port) for port in chosen.values())


def test_a_second_start_gets_the_ports_of_the_first(tmp_path: Path) -> None:
    first = ports.choose(["a", "b"], tmp_path / "ports.json")

    assert ports.choose(["a", "b"], tmp_path / "ports.json") == first


def test_a_port_that_somebody_took_meanwhile_is_left_to_them(tmp_path: Path) -> None:
    first = ports.choose(["a", "b"], tmp_path / "ports.json")
    with socket.create_server((ports.HOST, first["a"])):
        second = ports.choose(["a", "b"], tmp_path / "ports.json")

    assert second["a"] != first["a"]
    assert second["b"] == first["b"]


def test_ports_of_other_services_are_kept(tmp_path: Path) -> None:
    first = ports.choose(["a", "b"], tmp_path / "ports.json")
    ports.choose(["a"], tmp_path / "ports.json")

    assert ports.choose(["b"], tmp_path / "ports.json")["b"] == first["b"]


def test_a_broken_memory_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text("{")

    chosen = ports.choose(["a"], tmp_path / "ports.json")

    assert json.loads((tmp_path / "ports.json").read_text()) == chosen


def test_accepts_tells_a_listening_port() -> None:
    with socket.create_server((ports.HOST, 0)) as server:
        port = server.getsockname()[1]
        assert ports.accepts(port)
    assert not ports.accepts(port)
