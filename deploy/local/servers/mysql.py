"""MySQL: a data directory, the accounts, and a server that listens on the loopback address."""

from __future__ import annotations

import os
import shutil
import string
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from deploy.local.connections import a_new_connection_each_time
from deploy.local.failure import ServiceError
from deploy.local.ports import HOST
from deploy.local.provision.mysql import MySQLServer
from deploy.local.run_directory import Passwords, RunDirectory
from deploy.local.service import Service

_FILES = Path(__file__).resolve().parents[2] / "mysql"
OPTIONS = _FILES / "sheetbridge.cnf"
ACCOUNTS = _FILES / "accounts.sql"
# A unix socket's path has at most 107 bytes (https://man7.org/linux/man-pages/man7/unix.7.html).
_SOCKET_BYTES = 100


def service(
    server: MySQLServer, directory: RunDirectory, passwords: Passwords, port: int
) -> Service:
    """A server on ``port``. Its accounts get these passwords at every start."""
    data = directory.path / "mysql"
    accounts = directory.write_private("mysql-accounts.sql", account_statements(passwords))
    own = (
        f"--datadir={data}",
        f"--port={port}",
        f"--bind-address={HOST}",
        f"--socket={socket_path(directory)}",
        f"--pid-file={directory.path / 'mysql.pid'}",
        f"--init-file={accounts}",
    )

    engine = a_new_connection_each_time(
        f"mysql+pymysql://app:{passwords.app}@{HOST}:{port}/demo", connect_timeout=2
    )

    def ready() -> bool:
        # A login, because the port is open before the accounts are made.
        try:
            engine.connect().close()
        except DBAPIError:
            return False
        return True

    return Service(
        name="mysql",
        title="MySQL",
        argv=(*_command(server), *own),
        address=f"{HOST}:{port}",
        log=directory.log("mysql"),
        directory=directory.path,
        ready=ready,
        grace=20.0,
    )


def initialise(server: MySQLServer, directory: RunDirectory) -> None:
    """Make the data directory unless it is there; a half-made one is made anew."""
    data = directory.path / "mysql"
    if data.exists():
        return
    partial = directory.path / "mysql.partial"
    shutil.rmtree(partial, ignore_errors=True)
    log = directory.log("mysql-initialise")
    with log.open("wb") as output:
        done = subprocess.run(
            [*_command(server), "--initialize-insecure", f"--datadir={partial}"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        raise ServiceError("MySQL", "", log, "could not make its data directory")
    partial.rename(data)


def account_statements(passwords: Passwords) -> str:
    """``deploy/mysql/accounts.sql`` with the passwords in place, and root's."""
    text = string.Template(ACCOUNTS.read_text(encoding="utf-8")).substitute(
        SHEETBRIDGE_DATABASE_PASSWORD=passwords.sheetbridge,
        SHEETBRIDGE_CDC_PASSWORD=passwords.sheetbridge_cdc,
        SHEETBRIDGE_APP_PASSWORD=passwords.app,
        SHEETBRIDGE_READER_PASSWORD=passwords.reader,
    )
    # With skip_name_resolve, 'localhost' means the unix socket only.
    return text + f"ALTER USER 'root'@'localhost' IDENTIFIED BY '{passwords.root}';\n"


def socket_path(directory: RunDirectory) -> Path:
    """The server's unix socket: in the run directory, or where its path is short enough."""
    near = directory.path / "mysql.sock"
    if len(os.fsencode(near)) <= _SOCKET_BYTES:
        return near
    remembered = directory.path / "mysql-socket-directory"
    if remembered.exists():
        folder = Path(remembered.read_text(encoding="utf-8"))
        if folder.is_dir() and folder.stat().st_uid == os.getuid():
            return folder / "mysql.sock"
    folder = Path(tempfile.mkdtemp(prefix="sheetbridge-"))  # mode 0700
    directory.write_private(remembered.name, str(folder))
    return folder / "mysql.sock"


def _command(server: MySQLServer) -> tuple[str, ...]:
    # --defaults-file must come first, and is then the only option file that is read.
    user = ("--user=root",) if os.geteuid() == 0 else ()
    return (*server.command, f"--defaults-file={OPTIONS}", *server.options, *user)
