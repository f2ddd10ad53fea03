"""One set of versions and settings: the local stack, Maven's file and compose agree."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from deploy import demo_setup
from deploy.local import versions
from deploy.local.servers import connect, kafka, mysql

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
COMPOSE_FILE = DEPLOY / "compose.yaml"
COMPOSE = YAML(typ="safe").load(COMPOSE_FILE)
SERVICES = COMPOSE["services"]
POM = (DEPLOY / "local/pom.xml").read_text()


def test_compose_fits_the_compose_specification() -> None:
    tool = Path(sys.executable).parent / "check-jsonschema"
    answer = subprocess.run(
        [tool, "--builtin-schema", "vendor.compose-spec", COMPOSE_FILE],
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_compose_runs_the_versions_that_the_tests_ran() -> None:
    assert SERVICES["mysql"]["image"] == versions.MYSQL_IMAGE
    assert SERVICES["kafka"]["image"] == versions.KAFKA_IMAGE
    assert SERVICES["connect"]["image"] == versions.CONNECT_IMAGE


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_image_is_unpinned(name: str) -> None:
    _, _, tag = SERVICES[name]["image"].partition(":")

    assert tag
    assert tag != "latest"


def test_the_dockerfiles_images_are_pinned_and_new_enough() -> None:
    images = re.findall(r"^FROM (\S+)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)

    assert f"node:{versions.NODE_MINIMUM}-bookworm-slim" in images
    assert all(":" in image and not image.endswith(":latest") for image in images)


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        ("kafka.version", versions.KAFKA),
        ("debezium.version", versions.DEBEZIUM),
        ("log4j.version", versions.LOG4J),
    ],
)
def test_maven_brings_the_pinned_versions(tag: str, version: str) -> None:
    assert f"<{tag}>{version}</{tag}>" in POM
    assert not re.search(r"<version>[^$<]*(SNAPSHOT|LATEST|RELEASE)", POM)


@pytest.mark.parametrize(
    ("service", "file"),
    [
        ("mysql", mysql.OPTIONS),
        ("mysql", mysql.ACCOUNTS),
        ("kafka", kafka.SETTINGS),
        ("connect", connect.SETTINGS),
    ],
)
def test_containers_read_the_settings_of_the_local_stack(service: str, file: Path) -> None:
    mounted = [
        (DEPLOY / volume.split(":")[0]).resolve()
        for volume in SERVICES[service]["volumes"]
        if volume.startswith("./")
    ]

    assert file in mounted
    assert all(path.is_file() for path in mounted)


def test_every_volume_is_named_or_a_file_of_the_repository() -> None:
    for name, service in SERVICES.items():
        for volume in service.get("volumes", []):
            source = re.sub(r"\$\{[A-Z_]+:-([^}]+)\}", r"\1", volume).split(":")[0]
            assert source.startswith("./") or source in COMPOSE["volumes"], f"{name}: {volume}"


def test_no_secret_is_written_down_and_each_variable_is_in_the_example() -> None:
    example = dict(
        line.split("=", 1)
        for line in (DEPLOY / ".env.example").read_text().splitlines()
        if line and not line.startswith("#")
    )
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", COMPOSE_FILE.read_text()))

    assert used <= set(example)
    for name in used:
        if "PASSWORD" in name or "SECRET" in name:
            assert example[name] == "", name


def test_ports_are_published_on_this_machine_only() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_lasting_service_has_a_health_check_and_waits_for_its_needs(name: str) -> None:
    service = SERVICES[name]
    if service["restart"] == "unless-stopped":
        assert "test" in service["healthcheck"]
    for need, how in service.get("depends_on", {}).items():
        lasting = SERVICES[need]["restart"] == "unless-stopped"
        expected = "service_healthy" if lasting else "service_completed_successfully"
        assert how["condition"] == expected
        # A service outside the profile must not insist on one inside it.
        if "profiles" in SERVICES[need] and "profiles" not in service:
            assert how["required"] is False


def test_addresses_of_the_demo_are_services_of_compose_on_their_ports() -> None:
    at = demo_setup.AT
    urls = [at.connect_url, at.sheets_url, at.webhook_url, f"http://{at.kafka_bootstrap}"]
    for url in [*urls, f"http://{at.mysql_host}:{at.mysql_port}"]:
        host, port = url.removeprefix("http://").split(":")
        assert host in SERVICES
        published = SERVICES[host].get("ports", [f":{port}"])
        assert published[0].endswith(f":{port}")


@pytest.mark.parametrize(
    ("service", "command"),
    [
        ("webhook", "sheetbridge webhook --config"),
        ("sink", "sheetbridge sink --config"),
        ("register", "sheetbridge register --config"),
        ("emulator", "python -m deploy.sheets_emulator"),
        ("live", "python -m deploy.live_feed"),
    ],
)
def test_our_services_are_started_by_their_own_commands(service: str, command: str) -> None:
    assert " ".join(SERVICES[service]["command"]).startswith(command)


@pytest.mark.parametrize("script", ["mysql/accounts.sh", "connect/start.sh"])
def test_container_scripts_parse(script: str) -> None:
    answer = subprocess.run(
        ["bash", "-n", str(DEPLOY / script)], capture_output=True, text=True, check=False
    )

    assert answer.returncode == 0, answer.stderr
