#!/bin/bash
# Measures a night, step by step, and what it hands out against its limits, in interleaved rounds: only ratios of one
# run count. Prints figures; judges nothing.
#   bench/run.sh [ORDERS] [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."
orders=${1:-1000000} rounds=${2:-3}
mainspring="$PWD/.build/release/mainspring"
home="$PWD/.build/bench/home"
mkdir -p "$home" .build/bench
cp -R jobs reports config "$home/"
cp bench/first-reconciliation.yml "$home/jobs/"
export MAINSPRING_HOME="$home" TIMEFORMAT=%R
trap '"$mainspring" db stop >/dev/null 2>&1 || true' EXIT

timed() { # a label, then a command: its seconds and the peak memory of the process
    /usr/bin/time -f "$1  %e s  %M KB" -a -o .build/bench/figures "${@:2}" > ".build/bench/$1.log" 2>&1
    tail -n 1 .build/bench/figures
}

psql() { "$mainspring" db psql -- -qAtX "$@"; }

: > .build/bench/figures
timed demo "$mainspring" demo --orders "$orders" --seed 1

# A first reconciliation, import included, beside plain SQL that persists the same from the same files.
inbox="$home/.mainspring/inbox"
rm -rf .build/bench/inbox && cp -R "$inbox" .build/bench/inbox
for _ in $(seq "$rounds"); do
    timed reconcile-limit "$mainspring" db psql -- -qX --set=inbox="$PWD/.build/bench/inbox" \
        --file=bench/limits/reconcile_limit.sql
    timed reconcile "$mainspring" run first-reconciliation --date 2026-06-30
    psql --file=bench/forget.sql
    rm -rf "$inbox" && cp -R .build/bench/inbox "$inbox"
done

timed night "$mainspring" run nightly --date 2026-06-30
grep -E '^ +[0-9]+ ' .build/bench/night.log || true
timed night-again "$mainspring" run nightly --date 2026-06-30

gcc -O2 -o .build/bench/xlsx_limit bench/limits/xlsx_limit.c -lxlsxwriter
# The extract's own query, as psql runs it: its parameters set, its comment and semicolon gone.
query=$(sed -e '1,/^\*\//d' -e 's/--.*$//' -e 's/;[[:space:]]*$//' reports/orders.sql | tr '\n' ' ' |
    sed -e "s/:'from'/'2024-07-01'/g" -e "s/:'to'/'2026-06-30'/g" -e "s/:'time_zone'/'Asia\/Karachi'/g")

printf '\n%-34s %s\n' "orders of two years" "seconds, a round each"
declare -A seconds
round() { local began=$EPOCHREALTIME; "${@:2}" > /dev/null; seconds[$1]+=" $(echo "$EPOCHREALTIME - $began" | bc)"; }
for _ in $(seq "$rounds"); do
    round "psql COPY" psql -c "COPY ($query) TO STDOUT (FORMAT csv, HEADER)"
    round "CSV, machine" "$mainspring" extract orders --from 2024-07-01 --to 2026-06-30 --profile machine
    round "CSV, spreadsheet" "$mainspring" extract orders --from 2024-07-01 --to 2026-06-30 --profile spreadsheet
    round "bare libxlsxwriter behind psql" bash -c '"$0" db psql -- -qAtX -c "COPY ($1) TO STDOUT" | "$2" "$3"' \
        "$mainspring" "$query" .build/bench/xlsx_limit .build/bench/limit.xlsx
    round "XLSX" "$mainspring" extract orders --from 2024-07-01 --to 2026-06-30 --format xlsx --out .build/bench/xlsx
done
for name in "psql COPY" "CSV, machine" "CSV, spreadsheet" "bare libxlsxwriter behind psql" "XLSX"; do
    printf '%-34s%s\n' "$name" "${seconds[$name]}"
done
