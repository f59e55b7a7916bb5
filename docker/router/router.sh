#!/bin/sh
# An office's router: the office is seen as one address outside, and only these ports lead in.
#
#     OUTSIDE                the address that it is seen as
#     LAN                    the office's network
#     ASTERISK, INTERLINKS   where the ports lead to
set -eu

nft -f - <<RULES
table ip office {
    chain inwards {
        type nat hook prerouting priority dstnat
        ip daddr $OUTSIDE tcp dport 8443 dnat to $INTERLINKS
        ip daddr $OUTSIDE tcp dport 5071 dnat to $ASTERISK
        ip daddr $OUTSIDE udp dport 10000-10099 dnat to $ASTERISK
    }
    chain outwards {
        type nat hook postrouting priority srcnat
        ip saddr $LAN ip daddr != $LAN snat to $OUTSIDE
    }
    chain through {
        type filter hook forward priority filter; policy drop
        ip daddr $INTERLINKS tcp dport 8443 counter accept comment "requests"
        ip daddr $ASTERISK tcp dport 5071 counter accept comment "SIP"
        ip daddr $ASTERISK udp dport 10000-10099 counter accept comment "sound"
        ct state established,related accept
        ip saddr $LAN accept
    }
}
RULES
exec sleep infinity
