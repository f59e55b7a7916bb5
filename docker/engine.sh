#!/bin/bash
# Makes a Docker engine usable where there is none: on Debian 12 or 13, as root, with nothing but a Debian mirror.
#
#     docker/engine.sh          install what is missing, start the engine, make the base images
#     docker/engine.sh stop     end the engine that was started here; its images stay
#
# An engine that answers and was not made here is used as it is: its base images come from a registry. Here they are
# made from Debian packages under the names that a registry has them by, so that the same Dockerfiles serve both. May be
# repeated: what is there already costs no time.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
made_here=/var/lib/docker/made-by-interlinks
pid_file=/run/docker.pid
log=/var/log/dockerd.log
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
scratch=/var/tmp/interlinks-engine
plugins=/usr/local/lib/docker/cli-plugins

say() { echo "engine: $*" >&2; }

fail() {
    say "$1"
    say "what to do: $2"
    exit 1
}

answers() { timeout 10 docker info >/dev/null 2>&1; }

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

# Runs a command that says something only when it fails.
quietly() {
    local output=$scratch/output.$BASHPID
    "$@" >"$output" 2>&1 || {
        cat "$output" >&2
        fail "this failed: $*" 'see the lines above'
    }
}

# Debian's mirror as apt understands the machine's own sources, whatever format they are written in.
mirror() {
    apt-get --print-uris update | sed -nE "s#^'([^ ']+/debian)/dists/[^ ']+/InRelease'.*#\1#p" | sed -n 1p
}

install_engine() {
    local command missing=
    for command in docker dockerd iptables mmdebstrap; do
        command -v "$command" >/dev/null || missing+=" $command"
    done
    [ -n "$missing" ] || return 0
    say "installing Debian packages for$missing"
    quietly apt-get -q update
    local packages=(docker.io iptables mmdebstrap debian-archive-keyring)
    # Since Debian 13 the command is a package of its own.
    [ -z "$(apt-cache search --names-only '^docker-cli$')" ] || packages+=(docker-cli)
    DEBIAN_FRONTEND=noninteractive quietly apt-get -q -y install --no-install-recommends "${packages[@]}"
}

start_engine() {
    ! answers || return 0
    if [ -d /run/systemd/system ]; then
        quietly systemctl start docker
    else
        say "starting dockerd; its log is $log"
        rm -f "$pid_file"
        # Without this script's lock and scratch folder.
        setsid dockerd --pidfile "$pid_file" >>"$log" 2>&1 </dev/null 9>&- &
    fi
    for _ in $(seq 300); do
        ! answers || { touch "$made_here"; return 0; }
        sleep 0.1
    done
    fail "dockerd does not answer: $(tail -n 1 "$log" 2>/dev/null)" "see $log, or journalctl -u docker"
}

# Compose and buildx of Debian 13. They are single programs without libraries, so Debian 12 can run them as well.
install_plugins() {
    ! { docker compose version && docker buildx version; } >/dev/null 2>&1 || return 0
    say 'installing Compose and buildx from Debian 13'
    local apt=$scratch/apt package
    mkdir -p "$apt"/{lists/partial,cache/archives/partial,empty} "$scratch/unpacked" "$plugins"
    echo "deb [signed-by=$keyring] $(mirror) trixie main" >"$apt/sources.list"
    : >"$apt/status"
    cat >"$apt/apt.conf" <<CONF
Dir::State "$apt";
Dir::State::Lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "$apt/empty";
APT::Sandbox::User "";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
CONF
    APT_CONFIG=$apt/apt.conf quietly apt-get -q update
    (cd "$scratch" && APT_CONFIG=$apt/apt.conf quietly apt-get -q download docker-compose docker-buildx)
    for package in "$scratch"/docker-*.deb; do dpkg-deb --extract "$package" "$scratch/unpacked"; done
    find "$scratch/unpacked" -path '*/cli-plugins/docker-*' -type f -exec install -t "$plugins" {} +
}

# Makes the image debian:SUITE-slim.
make_debian() {
    local suite=$1
    local image=debian:$suite-slim archive=$scratch/$suite.tar
    ! has_image "$image" || return 0
    say "making $image"
    # Told to dpkg before, mmdebstrap would filter each package by a program of its own, which takes minutes.
    local slim='cd "$1" && rm -rf usr/share/doc/* usr/share/man/* usr/share/locale/* &&
        printf "path-exclude=/usr/share/%s/*\n" doc man locale >etc/dpkg/dpkg.cfg.d/slim'
    # In namespaces of its own nothing of it is left when this script is killed, neither processes nor mounts.
    TMPDIR=$scratch quietly setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child \
        mmdebstrap --variant=minbase --components=main --keyring="$keyring" \
        --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='APT::Install-Recommends "false"' \
        --aptopt='Acquire::Languages "none"' \
        --dpkgopt=force-unsafe-io --customize-hook="$slim" \
        "$suite" "$archive" "$(mirror)"
    quietly docker import --change 'CMD ["bash"]' "$archive" "$image"
    rm "$archive"
}

make_postgres() {
    local image=postgres:17
    ! has_image "$image" || return 0
    say "making $image"
    DOCKER_BUILDKIT=1 quietly docker build --network host --tag "$image" "$here/postgres"
}

stop_engine() {
    [ -e "$made_here" ] || return 0
    if [ -d /run/systemd/system ]; then
        # With its socket, which would start it again.
        systemctl stop docker.socket docker
        return
    fi
    [ -e "$pid_file" ] || return 0
    local pid
    pid=$(cat "$pid_file")
    ! kill "$pid" 2>/dev/null || tail --pid="$pid" -f /dev/null
}

if [ "${1-}" = stop ]; then
    stop_engine
    exit 0
fi
if answers && [ ! -e "$made_here" ]; then
    say 'the engine that is running is used as it is'
    exit 0
fi
[ "$(id -u)" = 0 ] || fail 'no Docker engine answers, and only root can install one' 'run it as root, or start your engine'
command -v apt-get >/dev/null || fail 'no Docker engine answers, and this is no Debian' 'install Docker as your system does'
exec 9>/run/interlinks-engine.lock
flock 9
rm -rf "$scratch"
mkdir -m 0711 "$scratch"
trap 'rm -rf "$scratch"' EXIT
install_engine
start_engine
install_plugins
make_debian trixie & trixie=$!
make_debian sid & sid=$!
wait "$trixie"
wait "$sid"
make_postgres
