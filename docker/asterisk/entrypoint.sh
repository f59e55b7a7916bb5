#!/bin/bash
# Writes the part of Asterisk's configuration that differs from system to system into /run/asterisk/etc, then runs the
# command. Nothing secret is in the environment: it names files.
#
#     ARI_PASSWORD_FILE, AMI_PASSWORD_FILE   the service's passwords for ARI and AMI
#     PHONES, PHONE_PASSWORD_FILE            numbers such as "101 150", each an endpoint, and the password of each
#     CONTROL_ADDRESS                        where ARI and AMI listen; left out: 127.0.0.1, for a shared network
#     AMI_PERMIT                             who may use AMI, address/mask; left out: this machine
#     EXTERNAL_ADDRESS, LOCAL_NET            behind NAT: how others see this system, and the network that is not behind it
#     RTP_START, RTP_END                     UDP ports of the sound; left out: 10000 to 10099
set -euo pipefail
umask 077

etc=/run/asterisk/etc
control=${CONTROL_ADDRESS:-127.0.0.1}
mkdir -p "$etc"

# Reads a password. The fragments have a placeholder where it belongs.
account() { sed "s/CHANGE-ME/$(cat "$2")/" "/opt/interlinks/asterisk-config/$1"; }

cat >"$etc/http.conf" <<CONF
[general]
enabled=yes
bindaddr=$control
bindport=8088
CONF
{
    printf '[general]\nenabled=yes\n'
    account ari-interlinks.conf "${ARI_PASSWORD_FILE:-/run/secrets/ari.secret}"
} >"$etc/ari.conf"
{
    printf '[general]\nenabled=yes\nbindaddr=%s\n' "$control"
    account manager-interlinks.conf "${AMI_PASSWORD_FILE:-/run/secrets/ami.secret}"
    [ -z "${AMI_PERMIT-}" ] || printf 'permit=%s\n' "$AMI_PERMIT"
} >"$etc/manager.conf"
printf '[general]\nrtpstart=%s\nrtpend=%s\nicesupport=no\n' "${RTP_START:-10000}" "${RTP_END:-10099}" >"$etc/rtp.conf"

{
    if [ -n "${EXTERNAL_ADDRESS-}" ]; then
        for transport in interlinks-tls interlinks-udp; do
            printf '[%s](+)\n' "$transport"
            printf 'external_signaling_address=%s\nexternal_media_address=%s\n' "$EXTERNAL_ADDRESS" "$EXTERNAL_ADDRESS"
            [ -z "${LOCAL_NET-}" ] || printf 'local_net=%s\n' "$LOCAL_NET"
        done
    fi
    for number in ${PHONES-}; do
        cat <<CONF
[$number](phone)
auth=$number
aors=$number
callerid=$number <$number>

[$number]
type=auth
auth_type=userpass
username=$number
password=$(cat "${PHONE_PASSWORD_FILE:-/run/secrets/phone.secret}")

[$number]
type=aor
max_contacts=2
remove_existing=yes

CONF
    done
} >"$etc/pjsip.conf"

exec "$@"
