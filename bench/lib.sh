# Functions shared by the scripts in this folder, which source this file. Everything that they create is below $work, which they
# delete when they end, or below $out, which is kept.
set -euo pipefail
shopt -s nullglob

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
libraries="$root/server-config/target/lib/*"
craq="$root/craq"
port_base=21000
# Those of another cluster, which 'craq env' has set.
unset CRAQ_MANAGER CRAQ_TLS_CA CRAQ_ACCESS_KEY_FILE CRAQ_TOKEN_FILE
child=

# Prints all ports, from $port_base on, as options of 'craq up'.
ports() {
  printf '%s\n' --grpc-port $((port_base + 1)) --manager-port $((port_base + 30)) --http-port $((port_base + 50)) \
    --management-port $((port_base + 80)) --db-port $((port_base + 99))
}
manager_address() { echo "${1:-127.0.0.1}:$((port_base + 30))"; }
# The clusters are started with --insecure.
manager_url() { echo "http://${1:-127.0.0.1}:$((port_base + 50))"; }

say() { printf '%s %s: %s\n' "$(date +%T)" "$(basename "$0")" "$*" >&2; }
fail() { say "$*"; exit 1; }

# Creates the folders $work (empty, on the disk of the given one), $out and $raw; $1 is the script's name.
make_folders() {
  if [ -n "$work" ]; then mkdir -p "$work"; fi
  work=$(mktemp -d "${work:-${TMPDIR:-/tmp}}/craq-$1.XXXXXX")
  work=$(cd "$work" && pwd -P)
  # The database does not run as root, and needs access to its folder.
  chmod 755 "$work"
  raw="$out/raw"
  rm -rf "$raw"
  mkdir -p "$raw"
}

# Restores what a script has changed elsewhere; a script may define its own.
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

# Cleans up however the script ends.
on_end() {
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

# Records a step that can't be done here: the script continues, and the report names the step.
left_out() {
  say "left out: $*"
  printf '%s\n' "$*" >>"$raw/left-out.txt"
}

# Fails unless there is enough space, before anything is started; $1 is the folder for data, $2 the required space in GiB.
require_space() {
  local free
  free=$(df -Pk "$1" | awk 'NR == 2 { print int($4 / 1048576) }')
  [ "$free" -ge "$2" ] || fail "only $free GiB are free in $1, but $2 GiB are needed. Choose another folder: --work DIR"
}

has_space() { [ "$(df -Pk "$1" | awk 'NR == 2 { print int($4 / 1048576) }')" -ge "$2" ]; }

# Runs a command, which ends at the latest with this script, including everything that it starts in its process group.
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

# Describes the machine, as lines of a key and a value.
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

# Prints the stolen and the total processor time since the machine started.
stolen() { awk '/^cpu / { all = 0; for (i = 2; i <= 9; i++) all += $i; printf "%.0f %.0f\n", $9, all }' /proc/stat; }

# Records the load of the machine during a step: $1 is its name, $2 and $3 are the output of 'stolen' before it.
note_load() {
  local after
  read -r -a after <<<"$(stolen)"
  awk -v name="$1" -v s0="$2" -v a0="$3" -v s1="${after[0]}" -v a1="${after[1]}" -v load="$(cut -d' ' -f1 /proc/loadavg)" \
    'BEGIN { printf("%s\t%s\t%.1f\n", name, load, (a1 > a0) ? 100 * (s1 - s0) / (a1 - a0) : 0) }' >>"$raw/load.tsv"
}

# Runs a program of the folder 'report': $1 is its name, followed by its arguments. The JSON library is that of the built product.
report() {
  local jdk=${JAVA_HOME:+$JAVA_HOME/bin/}
  "${jdk}javac" -d "$work/report" -cp "$libraries" "$root"/bench/report/*.java || fail "the report can't be compiled"
  "${jdk}java" -cp "$work/report:$libraries" "$@"
}

# Builds the product, if necessary, before anything is measured.
build() {
  "$craq" --version >/dev/null 2>&1 || "$craq" --help >/dev/null || fail "the build of the product failed; see above."
  export CRAQ_BUILD=no
}

database_pid() { head -n 1 "$1/postgres/data/postmaster.pid"; }
