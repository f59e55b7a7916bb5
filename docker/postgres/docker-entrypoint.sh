#!/bin/bash
# Makes the cluster at the first start, with the settings that the registry's image takes: POSTGRES_USER, POSTGRES_DB,
# POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE. Then runs the command.
set -euo pipefail

user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}

if [ "$1" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
    password=${POSTGRES_PASSWORD:-$(cat "${POSTGRES_PASSWORD_FILE:?set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE}")}
    initdb --username "$user" --pwfile <(echo "$password") --encoding UTF8 --locale C.UTF-8 \
        --auth-local trust --auth-host scram-sha-256 --set listen_addresses='*' >/dev/null
    echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
    if [ "$database" != postgres ]; then
        echo "CREATE DATABASE \"$database\"" | postgres --single -j -D "$PGDATA" postgres >/dev/null
    fi
fi
exec "$@"
