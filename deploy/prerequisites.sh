#!/bin/sh
# Says which of the tools named as arguments are missing or too old, and how to get them.
# Usage: sh deploy/prerequisites.sh [python] [java] [maven] [node] [linux]
# PYTHON names the interpreter to look at (default python3.11). Exit status 1 if one is missing.
set -u

missing=""
failed=0

complain() { # what is wrong, Debian package
    printf 'sheetbridge: %s\n' "$1" >&2
    missing="$missing $2"
    failed=1
}

major() { # first number of a version text
    printf '%s' "$1" | sed -n 's/^[^0-9]*\([0-9][0-9]*\).*/\1/p' | head -n 1
}

for tool in "$@"; do
    case "$tool" in
    linux)
        if [ "$(uname -s)" != Linux ]; then
            printf 'sheetbridge: the local stack runs on Linux only. Here, use Docker instead:\n' >&2
            printf '    cp deploy/.env.example deploy/.env    # and fill it in\n' >&2
            printf '    docker compose -f deploy/compose.yaml up\n' >&2
            exit 1
        fi
        ;;
    python)
        python=${PYTHON:-python3.11}
        if ! command -v "$python" >/dev/null 2>&1; then
            complain "$python is not there (any Python from 3.11 will do: make PYTHON=python3.12 …)" \
                "python3.11 python3.11-venv"
        elif ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            complain "$python is older than 3.11" "python3.11 python3.11-venv"
        elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            complain "$python cannot make virtual environments" "python3.11-venv"
        fi
        ;;
    java)
        if ! command -v java >/dev/null 2>&1; then
            complain "java is not there (Kafka needs Java 17 or later)" openjdk-17-jre-headless
        else
            version=$(java -version 2>&1 | sed -n 's/.*version "\([^"]*\)".*/\1/p' | head -n 1)
            number=$(major "$version")
            if [ "${number:-0}" -lt 17 ]; then
                complain "java is version ${version:-unknown}; Kafka needs 17 or later" \
                    openjdk-17-jre-headless
            fi
        fi
        ;;
    maven)
        command -v mvn >/dev/null 2>&1 || complain "mvn (Maven) is not there" maven
        ;;
    node)
        if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
            complain "node or npm is not there (Node.js 20 or later)" "nodejs npm"
        elif [ "$(major "$(node --version)")" -lt 20 ]; then
            complain "node is $(node --version); 20 or later is needed (nodesource.com has it)" nodejs
        fi
        ;;
    *)
        printf 'prerequisites.sh: unknown tool %s\n' "$tool" >&2
        exit 2
        ;;
    esac
done

if [ "$failed" -ne 0 ]; then
    printf 'sheetbridge: on Debian and Ubuntu:  sudo apt install%s\n' "$missing" >&2
fi
exit "$failed"
