"""One set of versions and settings: the local stack, Maven's file and compose agree."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from deploy import demo_setup
from deploy.cli import main
from deploy.local import versions
from deploy.local.ports import HOST
from deploy.local.run_directory import RunDirectory
from deploy.local.servers import connect, kafka, mysql, own
from sink.core import configuration

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
    """Of MySQL it is the series, of the others the very release."""
    assert SERVICES["mysql"]["image"] == versions.MYSQL_IMAGE == f"mysql:{versions.MYSQL_SERIES}"
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
        if host == "kafka":
            assert url.removeprefix("http://") == kafka_addresses()["PLAINTEXT"]
        else:
            assert SERVICES[host]["ports"][0].endswith(f":{port}")


def kafka_addresses() -> dict[str, str]:
    """What the broker tells clients of each listener, by the listener's name."""
    advertised = SERVICES["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"]
    return dict(each.split("://") for each in advertised.split(",", 1))


def test_kafka_is_found_from_this_machine_and_by_the_other_containers() -> None:
    settings = SERVICES["kafka"]["environment"]
    listening = dict(each.split("://") for each in settings["KAFKA_LISTENERS"].split(","))
    protocols = dict(
        each.split(":") for each in settings["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(",")
    )
    (published,) = SERVICES["kafka"]["ports"]
    outside, _, inside = published.rpartition(":")

    assert kafka_addresses()["PLAINTEXT"] == SERVICES["connect"]["environment"]["BOOTSTRAP_SERVERS"]
    # Whoever comes by the published port is sent back to it.
    assert kafka_addresses()["HOST"] == outside
    assert listening["HOST"].endswith(f":{inside}")
    assert set(protocols) == set(listening)
    # What a new sheetbridge.toml names is what is published, unless .env says otherwise.
    assert re.sub(r"\$\{\w+:-(\d+)\}", r"\1", outside) == configuration.KafkaSettings().bootstrap


def test_the_sinks_health_is_that_of_its_own_configuration() -> None:
    _, *command = SERVICES["sink"]["healthcheck"]["test"]

    assert command[:3] == ["python", "-m", "deploy.sink_health"]
    assert importlib.util.find_spec(command[2])
    assert command[3:] == SERVICES["sink"]["command"][2:]


def local_commands(folder: Path) -> dict[str, list[str]]:
    """How the local stack starts our services, with the addresses and paths of the containers."""
    directory = RunDirectory(folder)
    page = "http://127.0.0.1:${PAGE_PORT:-8095}"
    services = [
        own.emulator(directory, port=8095),
        own.webhook(directory, port=8090),
        own.sink(directory, bootstrap="kafka:9092", group="sheetbridge"),
        own.live_feed(directory, port=8096, reader_url="", page_origin=page),
    ]
    places = {
        HOST: "0.0.0.0",
        str(directory.configuration): "/settings/sheetbridge.toml",
        str(directory.path / "sheets"): "/sheets",
    }
    return {
        service.name: [places.get(word, word) for word in as_installed(service.argv)]
        for service in services
    }


def as_installed(argv: Sequence[str]) -> list[str]:
    """The installed program's name in place of our interpreter and the program's module."""
    interpreter, *rest = argv
    assert interpreter == sys.executable
    if rest[:2] == ["-m", "deploy.cli.main"]:
        return ["sheetbridge", *rest[2:]]
    return ["python", *rest]


@pytest.mark.parametrize("service", ["emulator", "webhook", "sink", "live"])
def test_our_services_are_started_by_the_commands_of_the_local_stack(
    service: str, tmp_path: Path
) -> None:
    command = list(SERVICES[service]["command"])
    if service == "live":  # a browser may call the page's machine by this name too
        assert command[-2:] == ["--page-origin", "http://localhost:${PAGE_PORT:-8095}"]
        del command[-2:]

    assert command == local_commands(tmp_path)[service]


def test_the_connector_is_registered_by_a_command_that_there_is() -> None:
    program, subcommand, *options = SERVICES["register"]["command"]

    assert (program, options) == ("sheetbridge", SERVICES["sink"]["command"][2:])
    assert CliRunner().invoke(main.app, [subcommand, "--help"]).exit_code == 0


@pytest.mark.parametrize("script", ["mysql/accounts.sh", "connect/start.sh"])
def test_container_scripts_parse(script: str) -> None:
    answer = subprocess.run(
        ["bash", "-n", str(DEPLOY / script)], capture_output=True, text=True, check=False
    )

    assert answer.returncode == 0, answer.stderr
