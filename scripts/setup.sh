#!/bin/sh
# Makes a bare Debian machine ready to build and run Mainspring: installs the packages that are missing, and nothing
# when none is. As root, or as a user with sudo; otherwise says which packages to ask for.
#   scripts/setup.sh [build|test|bench]
set -eu

want="libpq-dev libcsv-dev libxlsxwriter-dev libminizip-dev libssl-dev libzstd-dev zlib1g-dev postgresql pkg-config"
case "${1:-build}" in
    # What the timers, the manual page and the rotation of logs are checked with, and files read back.
    test) want="$want cron logrotate man-db systemd gzip python3 zstd python3-openpyxl libreoffice-calc-nogui" ;;
    bench) want="$want time bc gcc" ;;
esac

missing=""
for package in $want; do
    case "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" in
        installed) ;;
        *) missing="$missing $package" ;;
    esac
done

if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ]; then as_root=""
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root="sudo"
    elif command -v sudo >/dev/null 2>&1 && [ -t 0 ]; then as_root="sudo"
    else
        echo "Missing Debian packages, and neither root nor sudo to install them. Ask for:" >&2
        echo "    apt-get install$missing" >&2
        exit 2
    fi
    echo "Installing:$missing" >&2
    export DEBIAN_FRONTEND=noninteractive
    # The lists of a new machine may be empty or old: fetch them first.
    $as_root apt-get update -qq >&2
    # shellcheck disable=SC2086  # a list of words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
fi

if ! command -v swift >/dev/null 2>&1; then
    echo "Swift 6.2 or newer is needed, and no swift is on the PATH. See https://www.swift.org/install/linux/." >&2
    exit 2
fi
