#!/bin/sh
# Prepares one system, as root: passwords that nobody has to know, in a volume that only its containers share, and the
# configuration, where the service may change it. May be repeated: passwords stay.
set -eu

# Makes a password for these to read: user and group by number.
secret() {
    [ ! -e "/run/secrets/$1" ] || return 0
    (umask 077 && od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"/run/secrets/$1.new")
    chown "$2" "/run/secrets/$1.new"
    chmod 0440 "/run/secrets/$1.new"
    mv "/run/secrets/$1.new" "/run/secrets/$1"
}

interlinks=2000 asterisk=2001 postgres=999
secret ari.secret $interlinks:$asterisk
secret ami.secret $interlinks:$asterisk
secret phone.secret 0:$asterisk
secret database.secret $interlinks:$postgres
[ ! -e /setup/interlinks.yaml ] || cp /setup/interlinks.yaml /etc/interlinks/
chown $interlinks:$interlinks /etc/interlinks /etc/interlinks/interlinks.yaml
chmod 0640 /etc/interlinks/interlinks.yaml
