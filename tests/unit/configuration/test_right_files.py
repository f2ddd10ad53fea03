import pytest

from sink.core.configuration import CredentialsKind, RetentionSettings, Secret
from sink.core.mapping import Direction, Guards, Policy, Rule
from sink.core.version import Origin
from tests.unit.configuration.samples import WHOLE, changed, parsed


def test_a_dozen_lines_are_enough_and_the_rest_has_defaults() -> None:
    configuration = parsed(WHOLE)
    assert configuration.source == "my.toml"
    assert configuration.database.port == 3307
    assert configuration.database.password.value == "pa$$ word"
    assert configuration.kafka.replication == 1
    assert configuration.connect.url == "http://127.0.0.1:8083"
    assert configuration.connect.connector == "sheetbridge"
    assert configuration.google.credentials is CredentialsKind.SERVICE_ACCOUNT
    assert configuration.webhook.port == 8090
    assert configuration.sink.reconcile_every == 300
    (mapping,) = configuration.mappings
    assert (mapping.table, mapping.spreadsheet_id, mapping.tab) == (
        "demo.planes",
        "1AbC_d-9",
        "planes",
    )
    assert mapping.key == ("tailnum",)
    assert mapping.columns == {}
    assert mapping.rule == Rule()
    assert mapping.direction is Direction.BOTH
    assert mapping.time_zone == "UTC"


@pytest.mark.parametrize("left", ["", "[kafka]\n\n[connect]\n\n"])
def test_kafka_and_connect_are_on_this_machine_unless_told_otherwise(left: str) -> None:
    start, end = WHOLE.index("[kafka]"), WHOLE.index("[google]")
    configuration = parsed(WHOLE[:start] + left + WHOLE[end:])
    assert configuration.kafka.bootstrap == "127.0.0.1:9092"
    connect = configuration.connect
    assert connect.url == "http://127.0.0.1:8083"
    assert connect.database_user == "sheetbridge_cdc"
    assert connect.database_password == "${env:SHEETBRIDGE_CDC_PASSWORD}"


def test_every_setting_is_read() -> None:
    configuration = parsed(
        """
        [database]
        host = "db.example.com"
        user = "u"
        password = "${file:second}"
        [kafka]
        bootstrap = "a:9092, [::1]:9093"
        replication = 3
        [connect]
        url = "https://connect.example.com/path"
        database_user = "cdc"
        database_password = "${vault:secret/db:password}"
        connector = "mine"
        database_host = "mysql"
        database_port = 3306
        kafka_bootstrap = "kafka:9092"
        [google]
        credentials = "application_default"
        api_endpoint = "http://127.0.0.1:8095"
        writes_per_minute = 300
        reads_per_minute = 200
        [webhook]
        host = "0.0.0.0"
        port = 1
        secrets = ["${file:webhook-secret}", "${file:second}"]
        public_url = "https://hooks.example.com/bridge/"
        replay_window = 60
        max_body = 5_000
        [sink]
        group = "g"
        max_batch = 7
        reconcile_every = 1
        [[mapping]]
        name = "a"
        table = "shop.orders"
        spreadsheet = "s"
        tab = "Orders 2026"
        key = ["shop", "number"]
        columns = { number = "No.", total = "Total" }
        policy = "sheet_wins"
        policies = { total = "my.rules:biggest" }
        direction = "to_sheet"
        time_zone = "Europe/Berlin"
        prefer = "sheet"
        [mapping.guards]
        max_deletes = 1
        max_clears = 0.5
        minimum = 0
        max_rewrites = 100
        [[mapping]]
        name = "b"
        table = "shop.lines"
        spreadsheet = "s"
        tab = "lines"
        key = ["id"]
        columns = ["id", "note"]
        """
    )
    assert configuration.database.password == Secret("${file:second}", "fedcba9876543210")
    assert configuration.kafka.bootstrap == "a:9092,[::1]:9093"
    assert configuration.kafka.replication == 3
    connect = configuration.connect
    assert connect.database_password == "${vault:secret/db:password}"
    assert (connect.connector, connect.database_host) == ("mine", "mysql")
    assert (connect.database_port, connect.kafka_bootstrap) == (3306, "kafka:9092")
    google = configuration.google
    assert google.credentials is CredentialsKind.APPLICATION_DEFAULT
    assert (google.writes_per_minute, google.reads_per_minute) == (300, 200)
    assert google.api_endpoint == "http://127.0.0.1:8095"
    webhook = configuration.webhook
    assert [secret.value for secret in webhook.secrets] == [
        "0123456789abcdef0123456789abcdef",
        "fedcba9876543210",
    ]
    assert (webhook.host, webhook.port) == ("0.0.0.0", 1)
    assert webhook.public_url == "https://hooks.example.com/bridge"
    assert (webhook.replay_window, webhook.max_body) == (60, 5_000)
    sink = configuration.sink
    assert (sink.group, sink.max_batch, sink.reconcile_every) == ("g", 7, 1)
    first, second = configuration.mappings
    assert first.key == ("shop", "number")
    assert first.columns == {"number": "No.", "total": "Total"}
    assert first.rule == Rule(Policy.SHEET_WINS)
    assert first.column_rules == {"total": Rule(Policy.FUNCTION, "my.rules:biggest")}
    assert first.direction is Direction.TO_SHEET
    assert first.time_zone == "Europe/Berlin"
    assert first.prefer is Origin.SHEET
    assert second.prefer is None
    assert first.guards == Guards(1.0, 0.5, 0, 100)
    assert second.columns == {"id": "id", "note": "note"}


def test_what_is_kept_is_told_in_days() -> None:
    kept = parsed(WHOLE + "[retention]\nedit_ids = 7\ntombstones = 8\nconflicts = 9\n").retention
    assert kept == RetentionSettings(edit_ids=7, tombstones=8, conflicts=9)
    assert parsed(WHOLE).retention == RetentionSettings()


def test_tombstones_outlive_longer_edit_ids_without_a_word() -> None:
    kept = parsed(WHOLE + "[retention]\nedit_ids = 200\n").retention
    assert (kept.edit_ids, kept.tombstones) == (200, 200)


def test_a_star_means_every_column() -> None:
    text = changed('key = ["tailnum"]', 'key = ["tailnum"]\ncolumns = "*"')
    assert parsed(text).mappings[0].columns == {}


def test_a_file_saved_by_windows_notepad_is_read() -> None:
    assert parsed("\ufeff" + WHOLE.replace("\n", "\r\n")).mappings == parsed(WHOLE).mappings


def test_without_a_webhook_section_there_are_no_secrets() -> None:
    text = changed('[webhook]\nsecrets = ["${file:webhook-secret}"]\n', "")
    assert parsed(text).webhook.secrets == ()


def test_the_same_tab_name_in_two_spreadsheets_is_fine() -> None:
    block = WHOLE[WHOLE.index("[[mapping]]") :]
    other = block.replace('"planes"', '"planes2"', 1).replace("1AbC_d-9", "another")
    assert [mapping.name for mapping in parsed(WHOLE + other).mappings] == ["planes", "planes2"]


def test_no_secret_shows_when_a_configuration_is_printed() -> None:
    configuration = parsed(WHOLE)
    for text in (repr(configuration), str(configuration.database.password)):
        assert "pa$$ word" not in text
        assert "0123456789abcdef" not in text
