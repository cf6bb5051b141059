#!/usr/bin/env bash
# hunt.sh libfuzzer|afl TARGET NAME SEED SECONDS FERMATA: from one zero byte, this fuzzer finds a missed wake in the subject NAME within so
# many seconds, with this seed of its own, on one core; and what it found fails again when FERMATA replays its tape.
set -u
engine=$1 target=$(realpath "$2") name=$3 seed=$4 seconds=$5 fermata=$(realpath "$6")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place" || exit 1
mkdir corpus
printf '\0' >corpus/zero
export FERMATA_TAPE=$place/found.tape
began=$(date +%s.%N)
TIMEFORMAT=%U
hunt() {
	case $engine in
	libfuzzer)
		"$target" corpus -seed="$seed" -max_total_time="$seconds" -max_len=512 -len_control=0 -print_final_stats=1 \
			-- "$name" >log 2>&1
		;;
	afl)
		# It ends with the first crash; of the machine it asks nothing.
		AFL_BENCH_UNTIL_CRASH=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 \
			timeout $((seconds + 20)) afl-fuzz -i corpus -o out -V "$seconds" -s "$seed" -- "$target" "$name" >log 2>&1
		;;
	*) exit 2 ;;
	esac
}
cpu=$({ time hunt 2>/dev/null; } 2>&1)
took=$(awk "BEGIN { printf \"%.1f\", $(date +%s.%N) - $began }")
if [ ! -s found.tape ]; then
	tail -n 30 log
	printf 'nothing was found in %s s\n' "$took"
	exit 1
fi
"$fermata" replay found.tape >replayed
status=$?
sed -n '1,12p' replayed
if [ $status -ne 1 ] || ! grep -q '^oracle: missed wake$' replayed; then
	printf 'its tape replays with status %d\n' $status
	exit 1
fi
printf 'found by %s, seed %s, in %s s (%s s of CPU); the tape fails again\n' "$engine" "$seed" "$took" "$cpu"
