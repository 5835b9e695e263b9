# shellcheck shell=bash
# What script/server and script/test share: packages, virtual environment, Postgres. Sourced, never run.

set -euo pipefail
shopt -s inherit_errexit
umask 022
export LC_ALL=C.UTF-8 # we read what apt, pip and Postgres say

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$ROOT"
VAR_DIR=$(realpath -m -- "${VAR_DIR:-var}")
export VAR_DIR
LOGS=$VAR_DIR/log
MAY_ASK=yes # whether sudo may ask for a password
children=() # what we started and must end

say() { printf '%s\n' "$*" >&2; }

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# --- Commands and what goes wrong in them ----------------------------------------------------------------------------

# A trap has to wait for a foreground command, but not for `wait`: this way a signal ends even a long installation.
interruptible() {
    local status=0
    "$@" &
    children+=($!)
    wait $! || status=$?
    unset 'children[-1]'
    return $status
}

logged() { # name of the log, command
    local log=$LOGS/$1.log
    shift
    interruptible "$@" >"$log" 2>&1 </dev/null
}

end_children() {
    local child
    for child in "${children[@]}"; do
        kill "$child" 2>/dev/null || continue
        wait "$child" || true
    done
}

finish() {
    local status=$?
    trap '' INT TERM HUP
    end_children
    leave_cluster
    exit $status
}

reason() { # log: why the command failed, and what to do; what we do not know we show as it is
    local text last
    text=$(tail -c 100000 "$1" 2>/dev/null) || true
    [[ $text ]] || (($(free_space "$LOGS") > 1)) || text="No space left on device"
    case $text in
    *"No space left on device"* | *"enough free space"* | *"Disk quota exceeded"* | *ENOSPC*)
        echo "de schijf is vol. Maak ruimte en start opnieuw." ;;
    *"Could not get lock"* | *"Unable to acquire the dpkg"*)
        echo "een ander programma installeert nu pakketten. Wacht tot dat klaar is en start opnieuw." ;;
    *"dpkg was interrupted"*)
        echo "een eerdere installatie is afgebroken. Voer als beheerder uit: dpkg --configure -a" ;;
    *"DO NOT MATCH THE HASHES"* | *EINTEGRITY*)
        echo "een opgehaald pakket heeft een andere inhoud dan vastgelegd. Installeer het niet en meld dit." ;;
    *"certificate verif"* | *CERTIFICATE_VERIFY_FAILED* | *UNABLE_TO_GET_ISSUER_CERT* | *SELF_SIGNED_CERT*)
        echo "het certificaat van de pakketbron wordt niet vertrouwd. Herstel de certificaten van deze machine." ;;
    *"emporary failure"* | *"Could not resolve"* | *"Could not connect"* | *"Cannot initiate the connection"* | \
        *"Failed to establish a new connection"* | *"timed out"* | *ConnectionError* | *ProxyError* | *"Failed to fetch"* | \
        *ENOTFOUND* | *EAI_AGAIN* | *ECONNREFUSED* | *ETIMEDOUT*)
        echo "de pakketbron is niet bereikbaar. Herstel het netwerk of de proxy en start opnieuw." ;;
    *"No matching distribution"*)
        echo "niet elk vastgelegd pakket bestaat voor $("$PYTHON" -V) op deze machine." ;;
    *)
        last=$(sed -E '/^[[:space:]]*$/d; s/^[A-Za-z_.]*(Error|Failed|Configured): +//' <<<"$text" | tail -n 1)
        echo "${last:-zonder melding} (alles staat in $1)" ;;
    esac
}

# --- This machine ----------------------------------------------------------------------------------------------------

free_space() { df --output=avail -BM -- "$1" | tail -n 1 | tr -dc 0-9; } # folder; megabytes

need_space() { # folder, megabytes
    local free
    free=$(free_space "$1")
    ((free >= $2)) || fail "De schijf van $1 is vol: $free MB vrij, $2 MB nodig. Maak ruimte en start opnieuw."
}

begin() { # from here on there is something to clean up, and one at a time
    trap finish EXIT
    trap 'exit 130' INT TERM HUP
    { mkdir -p "$LOGS" && [[ -w $VAR_DIR && -w $LOGS ]]; } 2>/dev/null ||
        fail "Gebruiker $(id -un) mag niet schrijven in $VAR_DIR. Maak deze gebruiker eigenaar (chown -R), of start als de eigenaar."
    need_space "$VAR_DIR" 50
    exec 8>"$VAR_DIR/setup.lock"
    flock -n 8 && return
    say "Een andere start in deze map is nog bezig; deze wacht daarop."
    interruptible flock 8
}

find_python() { # sets PYTHON
    local name
    for name in python3 python3.{14,13,12,11}; do
        PYTHON=$(command -v "$name") || continue
        "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' && return
    done
    fail "Python 3.11 of nieuwer is nodig, en hier staat $(python3 -V 2>/dev/null || echo geen Python). Debian 12 en Ubuntu 24.04 hebben het; op Ubuntu 22.04: apt-get install python3.11 python3.11-venv"
}

missing_for_portal() { # the packages of what is not there, whatever brought it
    "$PYTHON" -c 'import ensurepip' 2>/dev/null || echo "$(basename "$PYTHON")-venv"
    "$PYTHON" script/checks.py libraries libpango-1.0.so.0=libpango-1.0-0 libpangoft2-1.0.so.0=libpangoft2-1.0-0 \
        libharfbuzz-subset.so.0=libharfbuzz-subset0
    [[ ${DATABASE_URL:-} ]] || postgres_programs >/dev/null || echo postgresql
}

ensure_packages() { # function that prints the packages that are missing, megabytes that all of them take
    local missing
    missing=$("$1" | xargs)
    [[ $missing ]] || return 0
    need_space /usr "$2"
    install_packages "$missing"
    missing=$("$1" | xargs)
    [[ -z $missing ]] || fail "Ook na het installeren ontbreekt: $missing. Installeer dat zelf en start opnieuw."
}

install_packages() { # names
    local name packages=()
    command -v apt-get >/dev/null ||
        fail "Op deze machine ontbreekt: $1. Er is geen apt-get: installeer dit met het pakketbeheer van dit systeem en start opnieuw."
    become_root "apt-get install --no-install-recommends $1"
    say "Pakketten installeren: $1"
    : >"$LOGS/apt.log"
    apt_get update || true # a broken source that we do not need must not stop us
    for name in $1; do
        # Ubuntu 22.04 has this library inside another package
        if [[ $name != libharfbuzz-subset0 ]] || apt-cache show "$name" >/dev/null 2>&1; then
            packages+=("$name")
        fi
    done
    [[ " $1 " != *" postgresql "* ]] || prepare_postgres_package
    apt_get install "${packages[@]}" || apt_failed "$1"
    restore_postgres_package
}

become_root() { # what to do by hand if that cannot be; sets as_root
    as_root=()
    ((EUID)) || return 0
    command -v sudo >/dev/null ||
        fail "Er ontbreken pakketten, en $(id -un) kan ze niet installeren: sudo ontbreekt. Voer eerst als beheerder uit: $1"
    as_root=(sudo -n)
    ! sudo -n true 2>/dev/null || return 0
    [[ $MAY_ASK == yes && -t 0 ]] ||
        fail "Er ontbreken pakketten, en $(id -un) mag sudo niet gebruiken zonder wachtwoord. Voer eerst als beheerder uit: $1"
    as_root=(sudo)
    sudo -v -p "Wachtwoord van %p, om pakketten te installeren: " ||
        fail "Zonder beheerdersrechten lukt het installeren niet. Voer eerst als beheerder uit: $1"
}

apt_get() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a apt-get -y -q --no-install-recommends \
        -o DPkg::Lock::Timeout=300 "$@" >>"$LOGS/apt.log" 2>&1 </dev/null 8>&-
}

apt_failed() {
    restore_postgres_package
    fail "Het installeren van $1 is mislukt: $(reason "$LOGS/apt.log")"
}

# Debian's package makes a cluster and starts it on port 5432. Nobody here asked for that; but where there are clusters
# already, the settings are left alone.
CLUSTER_CONF=/etc/postgresql-common/createcluster.conf

prepare_postgres_package() {
    [[ -z $(ls /etc/postgresql 2>/dev/null) && ! -e $CLUSTER_CONF.raadsportaal ]] || return 0
    apt_get install postgresql-common || apt_failed postgresql-common
    "${as_root[@]}" cp -p $CLUSTER_CONF $CLUSTER_CONF.raadsportaal
    "${as_root[@]}" sed -i '$ a create_main_cluster = false' $CLUSTER_CONF
}

restore_postgres_package() {
    [[ ! -e $CLUSTER_CONF.raadsportaal ]] || "${as_root[@]}" mv $CLUSTER_CONF.raadsportaal $CLUSTER_CONF
}

# --- Python packages -------------------------------------------------------------------------------------------------

make_venv() { # folder, lock file, megabytes it takes; sets VENV
    local python=$1/bin/python stamp
    VENV=$1
    stamp="$1 $(cat requirements/build.txt "$2" | sha256sum)"
    [[ ! -f $1/.stamp || $(<"$1/.stamp") != "$stamp" ]] || ! "$python" -c 'import pip' 2>/dev/null || return 0
    [[ -w $1 || (! -e $1 && -w $ROOT) ]] ||
        fail "Gebruiker $(id -un) mag de Python-pakketten in $1 niet vernieuwen. Start eerst eenmaal als de eigenaar van $ROOT."
    say "Python-pakketten installeren (${2##*/})"
    need_space "$ROOT" "$3"
    # A virtual environment that was moved, or whose Python is gone, is made anew.
    if ! "$python" -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        [[ -f $1/.stamp && $(<"$1/.stamp") != "$1 "* ]]; then
        logged venv "$PYTHON" -m venv --clear "$1" || fail "Het maken van $1 is mislukt: $(reason "$LOGS/venv.log")"
    fi
    rm -f "$1/.stamp"
    # What comes as source is built with what build.txt pins, not with whatever is newest.
    pip_install -r requirements/build.txt
    pip_install -r "$2" --no-build-isolation --use-pep517
    echo "$stamp" >"$1/.stamp"
}

pip_install() {
    logged pip env PIP_USER=0 "$VENV/bin/python" -m pip install --require-hashes --no-input --disable-pip-version-check "$@" ||
        fail "Het installeren van de Python-pakketten is mislukt: $(reason "$LOGS/pip.log")"
}

# --- A Postgres of our own -------------------------------------------------------------------------------------------
#
# <VAR_DIR>/postgres holds data/, log/ and run/ (the socket; it never listens on a network). Whoever uses it holds a
# shared lock, and the last one out stops it. After a kill -9 it runs on, and the next start finds it.

postgres_programs() { # prints the folder of the newest Postgres, or of the given major version; 14 or newer
    local folder major
    for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) "$(dirname "$(command -v postgres || echo /)")"; do
        [[ -x $folder/postgres && -x $folder/initdb && -x $folder/psql ]] || continue
        major=$("$folder/postgres" -V | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
        ((major >= 14 && major == ${1:-major})) || continue
        echo "$folder"
        return
    done
    return 1
}

use_cluster() { # extra settings, attributes of the role that owns the databases
    local major
    unset "${!PG@}" # meant for another Postgres
    place_cluster
    exec 9>"$VAR_DIR/postgres.lock"
    interruptible flock -s 9
    if [[ -d $CLUSTER/data ]]; then
        major=$("${as_owner[@]}" cat data/PG_VERSION)
        PROGRAMS=$(postgres_programs "$major") ||
            fail "De gegevens in $CLUSTER zijn van Postgres $major, en dat staat hier niet meer. Installeer het pakket postgresql-$major, en lees in docs/beheer.md hoe u overstapt."
    else
        PROGRAMS=$(postgres_programs)
        make_cluster
    fi
    IN_USE=yes
    is_running || start_cluster "$1"
    SOCKETS=$("${as_owner[@]}" sed -n 5p data/postmaster.pid)
    wait_for_cluster
    make_role nplv "$2"
    make_role nplv_portal "" # runs the portal: uses the tables, and cannot undo history
}

make_role() { # name, attributes
    sql <<<"SELECT 'CREATE ROLE $1 LOGIN $2' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$1') \gexec"
}

# Sets CLUSTER, its OWNER and as_owner. Postgres refuses to run as root, and its user cannot reach every checkout.
place_cluster() {
    local here=$VAR_DIR/postgres elsewhere
    elsewhere=/var/lib/raadsportaal/$(sha256sum <<<"$here" | head -c 12)
    if ((EUID)); then
        is_usable "$here" "$EUID" ||
            fail "Gebruiker $(id -un) kan niet bij de database in $here. Start als de eigenaar van die map."
    elif [[ -d $elsewhere/data || -d $here/data ]]; then
        [[ ! -d $elsewhere/data ]] || here=$elsewhere
        is_usable "$here" "$(stat -c %u "$here/data")" ||
            fail "Gebruiker $(id -un "$OWNER") is eigenaar van de database in $here maar kan er niet bij. Geef toegang tot de mappen erboven (chmod o+x), of zet de checkout waar dat kan."
    else
        local user
        user=$(id -u postgres 2>/dev/null || stat -c %u "$ROOT")
        ((user)) || fail "Postgres draait niet als root, en er is geen gebruiker postgres. Maak die (adduser --system postgres) en start opnieuw."
        is_usable "$here" "$user" && return
        rmdir "$here" 2>/dev/null || true
        is_usable "$elsewhere" "$user" ||
            fail "Gebruiker $(id -un "$user") kan niet bij $VAR_DIR en niet bij $elsewhere. Zet VAR_DIR op een map waar deze gebruiker bij kan."
        say "Gebruiker $(id -un "$user") kan niet bij $VAR_DIR; de database komt daarom in $elsewhere."
    fi
}

is_usable() { # folder, user
    CLUSTER=$1 OWNER=$2
    as_owner=(env -C "$CLUSTER")
    ((EUID == OWNER)) || as_owner=(setpriv --reuid "$OWNER" --regid "$(id -g "$OWNER")" --clear-groups -- env -C "$CLUSTER" HOME=/)
    { mkdir -p "$CLUSTER" && { ((EUID == OWNER)) || [[ -d $CLUSTER/data ]] || chown "$OWNER" "$CLUSTER"; } &&
        "${as_owner[@]}" mkdir -p log && "${as_owner[@]}" chmod 700 .; } 2>/dev/null
}

make_cluster() {
    say "Database maken in $CLUSTER"
    need_space "$CLUSTER" 200
    "${as_owner[@]}" rm -rf data.new
    logged initdb "${as_owner[@]}" "$PROGRAMS/initdb" -D data.new -U postgres --auth-local=trust --auth-host=reject \
        --data-checksums --encoding=UTF8 --locale=C.UTF-8 --no-instructions ||
        fail "Het maken van de database is mislukt: $(reason "$LOGS/initdb.log")"
    "${as_owner[@]}" tee -a data.new/postgresql.conf >/dev/null <<<"include 'portal.conf'"
    "${as_owner[@]}" mv data.new data
}

is_running() { # also removes what a crash left behind
    local pid
    pid=$("${as_owner[@]}" head -n 1 data/postmaster.pid 2>/dev/null) || return 1
    [[ $("${as_owner[@]}" readlink "/proc/$pid/cwd") != "$CLUSTER/data" ]] || return 0
    "${as_owner[@]}" rm -f data/postmaster.pid
    return 1
}

start_cluster() { # extra settings
    make_socket_folder
    "${as_owner[@]}" tee data/portal.conf >/dev/null <<END
# Written at every start. Settings of your own: in postgresql.conf, below the line that includes this.
listen_addresses = ''
port = 5432
unix_socket_directories = '$SOCKETS'
unix_socket_permissions = 0700
cluster_name = 'raadsportaal'
logging_collector = on
log_directory = '../log'
log_filename = 'postgres-%d.log'
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
$1
END
    for _ in {1..20}; do
        # in a session of its own, so that Ctrl-C does not reach it, and without our locks
        ! logged postgres "${as_owner[@]}" "$PROGRAMS/pg_ctl" start -s -w -t 300 -D data -l log/start.log 8>&- 9>&- || return 0
        "${as_owner[@]}" sh -c 'tail -n 50 log/*.log; rm -f log/start.log' >>"$LOGS/postgres.log"
        grep -q "pre-existing shared memory" "$LOGS/postgres.log" || break
        sleep 0.5 # one that was killed is still ending
    done
    fail "Postgres start niet: $(reason "$LOGS/postgres.log")"
}

# The socket stands beside the data, unless its path is too long (107 bytes) or would need quotes.
make_socket_folder() {
    SOCKETS=$CLUSTER/run
    if ((${#SOCKETS} > 88)) || [[ $SOCKETS == *[!A-Za-z0-9/._-]* ]]; then
        SOCKETS=/tmp/raadsportaal-$OWNER-$(sha256sum <<<"$CLUSTER" | head -c 12)
    fi
    "${as_owner[@]}" mkdir -m 700 "$SOCKETS" 2>/dev/null || true
    [[ ! -L $SOCKETS && $(stat -c '%u %a' "$SOCKETS") == "$OWNER 700" ]] ||
        fail "De map $SOCKETS is niet alleen van gebruiker $(id -un "$OWNER"). Verwijder die map en start opnieuw."
}

wait_for_cluster() {
    for _ in {1..600}; do
        ! "$PROGRAMS/pg_isready" -q -h "$SOCKETS" || return 0
        sleep 0.1
    done
    fail "De database in $CLUSTER draait maar antwoordt niet. Kijk in $CLUSTER/log."
}

sql() { # database
    "${as_owner[@]}" "$PROGRAMS/psql" -XAtq -h "$SOCKETS" -U postgres -d "${1:-postgres}" -v ON_ERROR_STOP=1
}

use_database() { # name; sets DATABASE_URL and MIGRATION_DATABASE_URL
    sql <<<"SELECT 'CREATE DATABASE $1 OWNER nplv' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '$1') \gexec"
    own_schema "$1"
    export DATABASE_URL="postgresql://nplv_portal@/$1?host=$SOCKETS" MIGRATION_DATABASE_URL="postgresql://nplv@/$1?host=$SOCKETS"
}

own_schema() { # database: Postgres 14 lets everyone make tables, and its owner cannot change that
    sql "$1" <<<"ALTER SCHEMA public OWNER TO pg_database_owner"
}

leave_cluster() {
    [[ ${IN_USE:-} ]] && flock -n -x 9 && is_running || return 0
    "${as_owner[@]}" "$PROGRAMS/pg_ctl" stop -s -m fast -D data >/dev/null 2>&1 9>&- || true
}
