# shellcheck shell=bash
# What script/server and script/test share: packages, virtual environment, Postgres cluster. Sourced, never run.

set -euo pipefail
shopt -s inherit_errexit
umask 022
export LC_ALL=C.UTF-8 # we read the messages of apt, pip and Postgres

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$ROOT"
export VAR_DIR
VAR_DIR=$(realpath -m "${VAR_DIR:-var}")
LOGS=$VAR_DIR/log
MAY_ASK=yes # whether sudo may ask for a password
children=() # what we started and must end

say() { printf '%s\n' "$*"; }

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# --- Processes -------------------------------------------------------------------------------------------------------

# A trap waits for a foreground command but not for `wait`: so a signal ends even a long installation at once.
interruptible() {
    local status=0
    "$@" &
    children+=($!)
    wait $! || status=$?
    unset 'children[-1]'
    return $status
}

logged() { # log name, command: what it prints goes to a file
    local log=$LOGS/$1.log
    shift
    interruptible "$@" >"$log" 2>&1 </dev/null
}

end_children() {
    local child
    for child in "${children[@]}"; do
        kill "$child" 2>/dev/null && wait "$child" || true
    done
    children=()
}

# Why the command failed whose messages stand in this log, and what to do. What we do not know, we show as it is.
reason() {
    local text=""
    [[ -s $1 ]] && text=$(tail -c 200000 "$1")
    case $text in
    *"No space left on device"* | *"enough free space"* | *"Disk quota exceeded"*)
        echo "de schijf is vol. Maak ruimte en start opnieuw." ;;
    *"Could not get lock"* | *"Unable to acquire the dpkg"*)
        echo "een ander programma installeert nu pakketten. Wacht tot dat klaar is en start opnieuw." ;;
    *"dpkg was interrupted"*)
        echo "een eerdere installatie is afgebroken. Herstel die met: sudo dpkg --configure -a" ;;
    *"emporary failure"* | *"Could not resolve"* | *"Could not connect"* | *"Cannot initiate the connection"* | \
        *"Failed to establish a new connection"* | *"ConnectTimeout"* | *"ConnectionError"* | *"ProxyError"* | \
        *"Connection timed out"* | *"Failed to fetch"* | *"ENOTFOUND"* | *"EAI_AGAIN"* | *"ECONNREFUSED"* | *"ETIMEDOUT"*)
        echo "er is geen verbinding met de pakketbron. Herstel het netwerk (of de proxy) en start opnieuw." ;;
    *"SSLError"* | *"CERTIFICATE_VERIFY_FAILED"* | *"certificate verification failed"* | *"UNABLE_TO_GET_ISSUER_CERT"*)
        echo "het certificaat van de pakketbron wordt niet vertrouwd. Herstel de certificaten van deze machine." ;;
    *"DO NOT MATCH THE HASHES"* | *"EINTEGRITY"*)
        echo "een opgehaald pakket is niet wat het moet zijn (de controlesom klopt niet). Installeer het niet; meld dit." ;;
    *"No matching distribution"*)
        echo "een van de vastgelegde pakketten bestaat niet voor $("$PYTHON" -V) op deze machine." ;;
    *) echo "$(sed -E '/^\s*$/d; s/^([A-Za-z_.]*(Error|Failed|ImproperlyConfigured)|E|ERROR|FATAL|.* FATAL): +//' <<<"$text" | tail -n 1) (alles staat in $1)" ;;
    esac
}

# --- This machine ----------------------------------------------------------------------------------------------------

open_var() {
    mkdir -p "$LOGS" 2>/dev/null && [[ -w $VAR_DIR && -w $LOGS && -w $ROOT ]] ||
        fail "$(id -un) mag niet schrijven in $ROOT en $VAR_DIR. Geef de map aan deze gebruiker (chown -R), of start als de gebruiker van de map."
    need_space "$VAR_DIR" 50
}

need_space() { # folder, megabytes
    local free
    free=$(df --output=avail -BM "$1" | tail -n 1 | tr -dc 0-9)
    ((free >= $2)) || fail "De schijf van $1 is vol: er is $free MB vrij en er is $2 MB nodig. Maak ruimte en start opnieuw."
}

# Sets PYTHON, the system's own.
find_python() {
    local name
    for name in python3 python3.{14,13,12,11}; do
        PYTHON=$(command -v "$name") && "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' && return
    done
    fail "Python 3.11 of nieuwer is nodig, en hier staat $(python3 -V 2>/dev/null || echo geen Python). Debian 12 en Ubuntu 24.04 hebben het; op Ubuntu 22.04: sudo apt-get install python3.11 python3.11-venv"
}

install_packages() {
    local names="$*" as_root=()
    (($#)) || return 0
    command -v apt-get >/dev/null ||
        fail "Op deze machine ontbreken: $names. Er is geen apt-get om ze te installeren: doe dat met het pakketbeheer van dit systeem en start opnieuw."
    if ((EUID)); then
        local by_hand="als beheerder: apt-get install --no-install-recommends $names"
        command -v sudo >/dev/null ||
            fail "Er ontbreken pakketten, en $(id -un) is geen beheerder en heeft geen sudo. Voer eerst uit, $by_hand"
        as_root=(sudo -n)
        if ! sudo -n true 2>/dev/null; then
            [[ $MAY_ASK == yes && -t 0 ]] || fail "Er ontbreken pakketten, en sudo vraagt een wachtwoord. Voer eerst uit, $by_hand"
            as_root=(sudo -p "Wachtwoord van %p, om pakketten te installeren: ")
            "${as_root[@]}" -v || fail "Zonder sudo kan dit script geen pakketten installeren. Voer eerst uit, $by_hand"
        fi
    fi
    say "Installeren met apt: $names"
    need_space / 600
    apt_get update || true # a broken source that we do not need may not stop us
    local known=() name
    for name in "$@"; do # Ubuntu 22.04 has libharfbuzz-subset0 inside another package
        if apt-cache show "$name" >/dev/null 2>&1 || [[ -s $LOGS/apt-update.log && $name == python3-venv ]]; then
            known+=("$name")
        fi
    done
    if [[ " $names " == *" postgresql "* ]]; then
        install_postgres
    fi
    apt_get install "${known[@]}" || fail "Het installeren van $names is mislukt: $(reason "$LOGS/apt-install.log")"
}
