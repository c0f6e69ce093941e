#!/bin/sh
# Runs each fuzz target, or those named, for some seconds under ASan and UBSan:
#	run.sh [SECONDS_PER_TARGET] [NAME ...]
# The clang build and what the fuzzers find live in a temporary folder; with a failure it is kept, and
# the failing input is named. New inputs worth keeping go into corpus/ by hand.
set -u

seconds=${1:-30}
[ $# -gt 0 ] && shift
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/florin-fuzz.XXXXXX") || exit 1
passed=0
failed=0

[ -x "$top/configure" ] || (cd "$top" && autoreconf -i) >"$work/autoreconf.log" 2>&1 || exit 1
cd "$work" || exit 1
"$top/configure" -q --enable-fuzzers --enable-failpoints CC=clang CFLAGS='-g -O1' &&
	make -s -j"$(nproc)" fuzz-targets >build.log 2>&1 || {
	tail -n 20 build.log
	echo "the build failed, see $work"
	exit 1
}

for target in t/fuzz/fuzz_*; do
	case $target in *.o) continue ;; esac
	[ -x "$target" ] || continue
	name=${target##*/fuzz_}
	[ $# -eq 0 ] || case " $* " in *" $name "*) ;; *) continue ;; esac
	mkdir -p "found/$name"
	if "$target" -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=2048 \
		-artifact_prefix="found/$name-" "found/$name" "$top/t/fuzz/corpus/$name" \
		>"$name.log" 2>&1; then
		passed=$((passed + 1))
		echo "$name: $(sed -n 's/^Done \([0-9]*\) runs.*/\1 runs/p' "$name.log")"
	else
		failed=$((failed + 1))
		echo "$name: FAILED, see $work/$name.log"
		tail -n 5 "$name.log"
	fi
done
[ "$failed" -eq 0 ] && cd / && rm -rf "$work"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
