# shellcheck shell=bash
# Sourced by run, test and bench: finds what they need and installs what is missing. Says everything on stderr.

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

say() {
    printf '%s\n' "$*" >&2
}

fail() {
    say "$*"
    exit 1
}

# Installs Debian packages, as root or through sudo.
install_packages() {
    local as_root=()
    command -v apt-get >/dev/null || fail "Install these first, this system has no apt-get: $*"
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "Install these first, as root: apt-get install $*"
        as_root=(sudo)
    fi
    say "Installing $* ..."
    "${as_root[@]}" apt-get update -qq </dev/null >&2 || say "apt-get update failed; trying with the package lists at hand."
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null >&2 ||
        fail "These could not be installed: $*"
}

need_dotnet() {
    command -v dotnet >/dev/null || install_packages dotnet-sdk-10.0
    dotnet --list-sdks | grep -q '^10\.' || fail "The .NET SDK 10 is needed: https://dotnet.microsoft.com/download"
}

# The portal looks in more places than these; where it finds none it says so.
need_postgres() {
    [ -z "${ConnectionStrings__SecureBase:-}${ConnectionStrings__SecureBaseApp:-}${SecureBase__PostgresBinDirectory:-}" ] || return 0
    command -v initdb >/dev/null && return 0
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && return 0
    compgen -G '/usr/pgsql-*/bin/initdb' >/dev/null && return 0
    compgen -G '/opt/homebrew/opt/postgresql@*/bin/initdb' >/dev/null && return 0
    install_packages postgresql
}

need_chromium() {
    export SECUREBASE_CHROMIUM="${SECUREBASE_CHROMIUM:-/usr/bin/chromium}"
    [ -x "$SECUREBASE_CHROMIUM" ] || install_packages chromium
    [ -x "$SECUREBASE_CHROMIUM" ] || fail "No browser at $SECUREBASE_CHROMIUM: name one in SECUREBASE_CHROMIUM."
}

# What receivers of webhooks are written in, and what the snippets shown to them are run with.
need_receivers() {
    command -v node >/dev/null || install_packages nodejs
    command -v npm >/dev/null || install_packages npm
    command -v python3 >/dev/null || install_packages python3
}

# Builds in Release, one at a time in this tree, leaving no build server behind.
build() {
    (
        if command -v flock >/dev/null; then
            exec 9<.
            flock 9
        fi
        dotnet build "$@" -c Release -v quiet --nologo -clp:ErrorsOnly --disable-build-servers </dev/null 9<&- >&2
    ) || fail "The build failed."
}
