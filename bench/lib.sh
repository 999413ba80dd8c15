# For the scripts beside this file, which source it: what they share. Everything that they make lies below $work until they
# end, and below $out for good.
set -euo pipefail
shopt -s nullglob

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
libraries="$root/server-config/target/lib/*"
craq="$root/craq"
port_base=21000
child=

# Where everything listens, from $port_base on, as options of 'craq up'.
ports() {
  printf '%s\n' --grpc-port $((port_base + 1)) --manager-port $((port_base + 30)) --http-port $((port_base + 50)) \
    --management-port $((port_base + 80)) --db-port $((port_base + 99))
}
manager_address() { echo "${1:-127.0.0.1}:$((port_base + 30))"; }
manager_url() { echo "http://${1:-127.0.0.1}:$((port_base + 50))"; }

say() { printf '%s %s: %s\n' "$(date +%T)" "$(basename "$0")" "$*" >&2; }
fail() { say "$*"; exit 1; }

# Makes the folders $work (empty, on the disk of the one given), $out and $raw; $1 is the script's name.
make_folders() {
  if [ -n "$work" ]; then mkdir -p "$work"; fi
  work=$(mktemp -d "${work:-${TMPDIR:-/tmp}}/craq-$1.XXXXXX")
  work=$(cd "$work" && pwd -P)
  # The database does not run as root, and must get to its folder.
  chmod 755 "$work"
  raw="$out/raw"
  rm -rf "$raw"
  mkdir -p "$raw"
}

# What a script has to put back besides; it may define its own.
put_back() { :; }

clean_up() {
  local result=$?
  trap - EXIT INT TERM HUP
  end_child
  if [ -d "$work/craq" ]; then "$craq" down --data "$work/craq" >&2 || :; fi
  put_back
  rm -rf "$work"
  exit "$result"
}

# However the script ends, everything is put back.
on_end() {
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

# A step that can't be done here: the others go on, and the report names it.
left_out() {
  say "left out: $*"
  printf '%s\n' "$*" >>"$raw/left-out.txt"
}

# Asks before anything is started; $1 is the folder for data, $2 the free space in GiB.
require_space() {
  local free
  free=$(df -Pk "$1" | awk 'NR == 2 { print int($4 / 1048576) }')
  [ "$free" -ge "$2" ] || fail "only $free GiB are free in $1, and this takes $2. Choose another folder: --work DIR"
}

has_space() { [ "$(df -Pk "$1" | awk 'NR == 2 { print int($4 / 1048576) }')" -ge "$2" ]; }

# Runs a command that this script's end also ends, with all that it has started and that stays in its process group.
run() {
  set -m
  "$@" &
  child=$!
  set +m
  local result=0
  wait "$child" || result=$?
  child=
  return "$result"
}

end_child() {
  [ -n "$child" ] || return 0
  kill -TERM -- "-$child" 2>/dev/null || :
  local tries
  for tries in $(seq 100); do
    kill -0 -- "-$child" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL -- "-$child" 2>/dev/null || :
  child=
}

# What the figures were taken on, as lines of a key and a value.
machine() {
  local dirty=
  [ -z "$(git -C "$root" status --porcelain --untracked-files=no 2>/dev/null)" ] || dirty=' with changes'
  printf 'date\t%s\n' "$(date -u '+%Y-%m-%d %H:%M UTC')"
  printf 'commit\t%s%s\n' "$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)" "$dirty"
  printf 'cores\t%s\n' "$(nproc)"
  printf 'processor\t%s\n' "$(awk -F': ' '/^model name/ { print $2; exit }' /proc/cpuinfo)"
  printf 'memory\t%s\n' "$(awk '/^MemTotal/ { printf "%.1f GiB", $2 / 1048576 }' /proc/meminfo)"
  printf 'kernel\t%s\n' "$(uname -sr)"
  printf 'disk\t%s\n' "$(df -PT "$work" | awk 'NR == 2 { print $1 ", " $2 }')"
  printf 'java\t%s\n' "$("${JAVA_HOME:+$JAVA_HOME/bin/}java" -version 2>&1 | sed -n 's/.*version "\([^"]*\)".*/\1/p' | head -n 1)"
}

# Seconds stolen, and of all, since the machine started.
stolen() { awk '/^cpu / { all = 0; for (i = 2; i <= 9; i++) all += $i; printf "%.0f %.0f\n", $9, all }' /proc/stat; }

# Notes how busy the machine was with something: $1 its name, $2 and $3 what 'stolen' said before.
note_load() {
  local after
  read -r -a after <<<"$(stolen)"
  awk -v name="$1" -v s0="$2" -v a0="$3" -v s1="${after[0]}" -v a1="${after[1]}" -v load="$(cut -d' ' -f1 /proc/loadavg)" \
    'BEGIN { printf("%s\t%s\t%.1f\n", name, load, (a1 > a0) ? 100 * (s1 - s0) / (a1 - a0) : 0) }' >>"$raw/load.tsv"
}

# $1 is the program in the folder 'report', the rest its arguments. The product's own JSON library is there once it is built.
report() {
  local jdk=${JAVA_HOME:+$JAVA_HOME/bin/}
  "${jdk}javac" -d "$work/report" -cp "$libraries" "$root"/bench/report/*.java || fail "the report can't be compiled"
  "${jdk}java" -cp "$work/report:$libraries" "$@"
}

# Builds the product, if it has to be, before anything is measured.
build() {
  "$craq" --version >/dev/null 2>&1 || "$craq" --help >/dev/null || fail "the product can't be built; see above."
  export CRAQ_BUILD=no
}

database_pid() { head -n 1 "$1/postgres/data/postmaster.pid"; }
