#!/bin/sh
# Copies what a machine needs to become this system again into a folder: database, its key, configuration. The service
# may run meanwhile. With PostgreSQL the database is left to pg_dump. An earlier backup in the folder stays whole until
# the new one is.
set -eu

folder=${1:?backup.sh: name a folder for the backup}
data=${2:-/var/lib/interlinks}
umask 077
mkdir -p "$folder"
rm -rf "$folder/secret.key.new" "$folder/etc.new" "$folder"/interlinks.sqlite.new*
cp -p "$data/secret.key" "$folder/secret.key.new"
cp -Rp /etc/interlinks "$folder/etc.new"
if [ -e "$data/interlinks.sqlite" ]; then
    "$(dirname "$(readlink -f "$0")")/bin/node" --disable-warning=ExperimentalWarning -e '
        const { DatabaseSync, backup } = require("node:sqlite");
        const [from, to] = process.argv.slice(1);
        backup(new DatabaseSync(from, { readOnly: true }), to).catch((error) => {
            console.error(`backup.sh: ${error.message}`);
            process.exitCode = 1;
        });
    ' "$data/interlinks.sqlite" "$folder/interlinks.sqlite.new"
fi

mv -f "$folder/secret.key.new" "$folder/secret.key"
rm -rf "$folder/etc"
mv "$folder/etc.new" "$folder/etc"
if [ -e "$folder/interlinks.sqlite.new" ]; then
    mv -f "$folder/interlinks.sqlite.new" "$folder/interlinks.sqlite"
else
    rm -f "$folder/interlinks.sqlite"
fi
