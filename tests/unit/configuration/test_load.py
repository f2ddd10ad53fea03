from pathlib import Path

import pytest

from deploy.cli.configuration import find, load
from sink.core.errors import ConfigurationError
from tests.unit.configuration.samples import WHOLE


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SHEETBRIDGE_CONFIG", raising=False)
    monkeypatch.setenv("DATABASE_PASSWORD", "from the environment")
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


def write(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(WHOLE, encoding="utf-8")
    (path.parent / "webhook-secret").write_text("s" * 32 + "\n", encoding="utf-8")
    return path


def test_secrets_and_relative_paths_count_from_the_file(directory: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "elsewhere" / "s.toml")
    configuration = load(Path("../elsewhere/s.toml"))
    assert configuration.source == "../elsewhere/s.toml"
    assert configuration.database.password.value == "from the environment"
    assert configuration.webhook.secrets[0].value == "s" * 32
    file = configuration.google.credentials_file
    assert file is not None
    assert Path(file).resolve() == path.parent / "service-account.json"


def test_the_named_file_goes_before_the_variable_and_the_variable_before_this_directory(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = write(directory / ".sheetbridge" / "sheetbridge.toml")
    assert find().resolve() == local
    here = write(directory / "sheetbridge.toml")
    assert find().resolve() == here
    named = write(directory / "named.toml")
    monkeypatch.setenv("SHEETBRIDGE_CONFIG", str(named))
    assert find() == named
    assert find(here) == here


def test_a_missing_file_is_named_with_its_mend(directory: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^sheetbridge\.toml: .*sheetbridge init"):
        load()
    with pytest.raises(ConfigurationError, match=r"^gone\.toml: .*--config"):
        load(Path("gone.toml"))


def test_a_file_in_another_encoding_is_named_with_its_line(directory: Path) -> None:
    path = directory / "sheetbridge.toml"
    path.write_bytes(b'[database]\nuser = "m\xfcller"\n')
    with pytest.raises(ConfigurationError, match=r"^sheetbridge\.toml:2: .*UTF-8"):
        load()


def test_a_fault_in_the_file_is_named_with_the_path_that_was_given(directory: Path) -> None:
    path = write(directory / "sheetbridge.toml")
    path.write_text(WHOLE.replace("port = 3307", "port = 0"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"^sheetbridge\.toml:3: "):
        load()
