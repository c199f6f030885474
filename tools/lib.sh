# Shared by tools/setup, tools/run and tools/test; sourced, not run.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/scalesim
lock=$root/tools/lock
node_at_least=20

step() { printf '%s\n' "-- $*" >&2; }

# fail WHAT WHAT_TO_DO…
fail() {
    printf '\nerror: %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# The major version of the node given, or 0.
node_major() {
    local version
    version=$("$1" --version 2>/dev/null) || { echo 0; return; }
    version=${version#v}
    echo "${version%%.*}"
}

# Puts the Node that setup fetched on PATH when the machine's own is too old.
use_node() {
    if has node && [ "$(node_major node)" -ge "$node_at_least" ]; then return; fi
    local hash
    hash=$(sha256sum "$lock/node.txt" | cut -c1-16)
    export PATH="$cache/node/$hash/bin:$PATH"
}

# quietly LOG COMMAND…: runs a command into a log file, and shows its end if it fails.
quietly() {
    local log=$1
    shift
    mkdir -p "$(dirname "$log")"
    if ! "$@" >"$log" 2>&1; then
        printf '\n%s\n' "failed: $*" >&2
        grep -Ev '^\[[0-9]+/[0-9]+\] |^ninja: |^: && |^-- GLOB|^-- (Configuring|Generating) done' "$log" | tail -n 60 >&2
        printf '  (all of it: %s)\n' "$log" >&2
        return 1
    fi
}

# build_preset NAME…: configures where needed and builds, one at a time per checkout.
build_preset() {
    local preset
    for preset in "$@"; do
        if [ ! -f "$root/build/$preset/build.ninja" ]; then
            quietly "$root/build/logs/configure-$preset.log" \
                cmake -S "$root" --preset "$preset" || return 1
        fi
        quietly "$root/build/logs/build-$preset.log" \
            cmake --build "$root/build/$preset" || return 1
    done
}

# Bundles the page into dist/, when anything it is made from has changed.
build_web() {
    (cd "$root/web" && quietly "$root/build/logs/web.log" npm run --silent build)
}

# Only one build at a time writes build/ and dist/; a second one waits.
lock_build() {
    mkdir -p "$root/build"
    exec 9>"$root/build/.lock"
    if ! flock -n 9; then
        step "waiting for another build in this checkout"
        flock 9
    fi
}
unlock_build() { flock -u 9; exec 9>&-; }
