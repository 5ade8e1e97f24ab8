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
cp bench/reports/*.sql "$home/reports/"
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
gcc -O2 -I"$(pg_config --includedir)" -o .build/bench/csv_limit bench/limits/csv_limit.c -lpq

# A report's own query, as psql runs it: its parameters set, its comments and semicolon gone.
window="--from 2024-07-01 --to 2026-06-30"
query() {
    sed -e '1,/^\*\//d' -e 's/--.*$//' -e 's/;[[:space:]]*$//' "$home/reports/$1.sql" | tr '\n' ' ' |
        sed -e "s/:'from'/'2024-07-01'/g" -e "s/:'to'/'2026-06-30'/g" -e "s/:'time_zone'/'Asia\/Karachi'/g"
}
csv_query=$(query orders-15) xlsx_query=$(query orders-10)
# Where libpq finds the server: as `db psql` tells its own psql.
mapfile -t server < <("$mainspring" db psql -- -qAtX -c '\! env' | grep '^PG')

printf '\n%-40s %s\n' "orders of two years" "seconds, a round each; median of the ratios to the limit"
declare -A seconds
round() { local began=$EPOCHREALTIME; "${@:2}" > /dev/null; seconds[$1]+=" $(echo "$EPOCHREALTIME - $began" | bc)"; }
# shellcheck disable=SC2086  # the window is two options
for _ in $(seq "$rounds"); do
    round "CSV limit" env "${server[@]}" .build/bench/csv_limit "" "$csv_query" .build/bench/limit.csv
    round "CSV psql" psql -c "\\copy ($csv_query) to '.build/bench/psql.csv' csv header"
    round "CSV machine" "$mainspring" report run orders-15 $window --format csv --profile machine --out .build/bench/csv
    round "CSV spreadsheet" "$mainspring" report run orders-15 $window --format csv --out .build/bench/csv
    round "XLSX limit" bash -c '"$0" db psql -- -qAtX -c "COPY ($1) TO STDOUT" | "$2" "$3"' \
        "$mainspring" "$xlsx_query" .build/bench/xlsx_limit .build/bench/limit.xlsx
    round "XLSX" "$mainspring" report run orders-10 $window --format xlsx --out .build/bench/xlsx
done
for name in "CSV limit" "CSV psql" "CSV machine" "CSV spreadsheet" "XLSX limit" "XLSX"; do
    printf '%-40s%s  %s\n' "$name" "${seconds[$name]}" "$(
        paste -d' ' <(tr ' ' '\n' <<< "${seconds[$name]# }") <(tr ' ' '\n' <<< "${seconds[${name%% *} limit]# }") |
            awk '{ print $1 / $2 }' | sort -n | awk '{ r[NR] = $1 } END { printf "%.2f", r[int((NR + 1) / 2)] }')"
done
timed csv-memory "$mainspring" report run orders-15 --from 2024-07-01 --to 2026-06-30 --format csv --out .build/bench/csv
timed xlsx-memory "$mainspring" report run orders-10 --from 2024-07-01 --to 2026-06-30 --format xlsx --out .build/bench/xlsx
