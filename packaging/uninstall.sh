#!/bin/sh
# Removes everything that install.sh and the service made: programs, configuration, data, user. Files of Asterisk are
# not touched; docs/operations.md says what to take out of them before, and what to do after.
set -eu

if [ "$(id -u)" != 0 ]; then
    echo 'uninstall.sh: run it as root' >&2
    exit 1
fi
if [ "${1-}" != --force ]; then
    # Who is linked learns of the end only from a service that runs.
    left=$(interlinks --json list | /opt/interlinks/bin/node -e '
        const { interlinks, ended = [] } = JSON.parse(require("fs").readFileSync(0, "utf8"));
        console.log([...interlinks, ...ended].map(({ name }) => name).join(", "));
    ') || {
        echo 'uninstall.sh: the service has to run, so that linked systems learn of it. Or add --force.' >&2
        exit 1
    }
    if [ -n "$left" ]; then
        echo "uninstall.sh: still there: $left. Delete them first (interlinks delete NAME), and wait until" >&2
        echo '"interlinks list" is empty: then the other sides know. Or add --force.' >&2
        exit 1
    fi
fi

needing='^[[:space:]]*(#(try)?include[[:space:]].*/opt/interlinks/|\[interlinks-[a-z]+\]\(\+)'
included=$(grep -rlsE "$needing" /etc/asterisk --include='*.conf') || true
if [ -n "$included" ]; then
    echo 'uninstall.sh: these still include files of Interlinks, or add to a section of one; take that out first' >&2
    echo '(docs/operations.md), since Asterisk takes nothing of a file that includes or adds to what is not there:' >&2
    echo "$included" >&2
    exit 1
fi

if [ -d /run/systemd/system ]; then
    systemctl disable --now interlinks 2>/dev/null || true
fi
rm -rf /etc/systemd/system/interlinks.service /etc/systemd/system/interlinks.service.d
[ ! -d /run/systemd/system ] || systemctl daemon-reload
rm -rf /etc/interlinks /var/lib/interlinks /var/cache/interlinks /usr/local/bin/interlinks
# Where "interlinks completion --help" says that its scripts go.
rm -f /etc/bash_completion.d/interlinks /usr/local/share/zsh/site-functions/_interlinks \
    /etc/fish/completions/interlinks.fish
if getent passwd interlinks >/dev/null; then userdel interlinks; fi
if getent group interlinks >/dev/null; then groupdel interlinks; fi
rm -rf /opt/interlinks /opt/interlinks-*
echo 'Interlinks is removed.'
