#!/bin/bash
# Read once by the MySQL image's entry point when it has made its data directory
# (https://hub.docker.com/_/mysql, "Initializing a fresh instance"): the accounts of accounts.sql,
# with the passwords of the container's environment. Keep passwords to letters and digits.
#
# The entry point runs a script that is executable and sources another, which happens where a checkout
# does not keep modes. So all of it is in a subshell: options and variables stay in here. Tracing is
# off, since it would show the passwords.
(
    set +x -euo pipefail

    statements=$(cat /etc/sheetbridge/accounts.sql)
    for name in SHEETBRIDGE_DATABASE_PASSWORD SHEETBRIDGE_CDC_PASSWORD SHEETBRIDGE_APP_PASSWORD \
        SHEETBRIDGE_READER_PASSWORD; do
        if [[ ! ${!name:-} =~ ^[A-Za-z0-9]{16,}$ ]]; then
            echo "accounts.sh: $name must be 16 or more letters and digits" >&2
            exit 1
        fi
        statements=${statements//"\${$name}"/${!name}}
    done
    MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysql --protocol=socket --user=root <<<"$statements"
)
