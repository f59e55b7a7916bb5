#!/bin/sh
# Makes this unpacked release the one that runs: /opt/interlinks points to it. For the first installation, an update and
# a rollback alike; may be repeated. Starts and restarts nothing, and touches no file of Asterisk.
set -eu

here=$(dirname "$(readlink -f "$0")")
case $here in
    /opt/interlinks-*) ;;
    *)
        echo "install.sh: unpack the archive in /opt: tar -xzf ARCHIVE -C /opt" >&2
        exit 1
        ;;
esac
if [ "$(id -u)" != 0 ]; then
    echo 'install.sh: run it as root' >&2
    exit 1
fi

# The service's user: no login, no password, no home to write to.
getent group interlinks >/dev/null || groupadd --system interlinks
getent passwd interlinks >/dev/null || useradd --system --gid interlinks --no-create-home \
    --home-dir /var/lib/interlinks --shell /usr/sbin/nologin interlinks

# The service puts a new interlinks.yaml in the place of the old one when a number is made private, so the file is its
# own and it may write the directory. No sticky bit: with fs.protected_regular=2, as Debian has it, not even root could
# append to a file of the service then.
install -d -o root -g interlinks -m 0770 /etc/interlinks
install -d -o interlinks -g interlinks -m 0711 /var/lib/interlinks
# What Asterisk reads: the trunks' certificates, and the IAX2 trunks.
asterisk=asterisk
getent group asterisk >/dev/null || asterisk=interlinks
install -d -o interlinks -g "$asterisk" -m 2750 /var/lib/interlinks/asterisk /var/lib/interlinks/asterisk/peers
[ -e /etc/interlinks/interlinks.yaml ] || cp "$here/interlinks.example.yaml" /etc/interlinks/interlinks.yaml
chown interlinks:interlinks /etc/interlinks/interlinks.yaml
chmod 0640 /etc/interlinks/interlinks.yaml

# Passwords for Asterisk's REST interface (ARI) and manager interface (AMI), made once.
for secret in /etc/interlinks/ari.secret /etc/interlinks/ami.secret; do
    [ -e "$secret" ] || (umask 077 && od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$secret")
done
for secret in /etc/interlinks/*.secret; do
    chown root:interlinks "$secret"
    chmod 0640 "$secret"
done

# The version in use, changed in one step.
ln -sfn "$here" /opt/interlinks.new
mv -T /opt/interlinks.new /opt/interlinks
install -d /usr/local/bin
ln -sfn /opt/interlinks/bin/interlinks /usr/local/bin/interlinks

if [ -d /etc/systemd/system ]; then
    install -m 0644 "$here/interlinks.service" /etc/systemd/system/interlinks.service
    [ ! -d /run/systemd/system ] || systemctl daemon-reload
fi
version=$(interlinks --version)
echo "Interlinks $version is in place. Next: /opt/interlinks/docs/setup.md, or after an update: systemctl restart interlinks"
