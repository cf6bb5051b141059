# lib.sh -- what the steps of ./dev are made of: telling, counting, installing, building. Sourced, never run.
# shellcheck shell=bash

passed=0
failed=0
updated=

# ---- saying what happens ----------------------------------------------------------------------------------------

say() { printf '== %s\n' "$*"; }
die() {
	printf 'dev: %s\n' "$*" >&2
	exit 1
}

show() {
	printf '+ %s\n' "$*"
	"$@"
}

# check NAME COMMAND...: one thing that holds or doesn't. Counts it; a failure shows the end of its log.
check() {
	local name=$1 log=$LOGS/${1//[^A-Za-z0-9._-]/_}.log began=$SECONDS
	shift
	mkdir -p "$LOGS"
	if "$@" >"$log" 2>&1; then
		passed=$((passed + 1))
		printf 'ok    %s (%d s)\n' "$name" $((SECONDS - began))
	else
		failed=$((failed + 1))
		printf 'FAIL  %s: %s\n' "$name" "$*"
		tail -n 60 "$log" | sed 's/^/      | /'
		printf '      the whole of it: %s\n' "$log"
	fi
}

verdict() {
	printf '%d passed, %d failed\n' "$passed" "$failed"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

# exits STATUS COMMAND...: true where the command ends with this very status.
exits() {
	local wanted=$1 got=0
	shift
	"$@" || got=$?
	[ "$got" -eq "$wanted" ] || {
		printf 'status %d where %d was due: %s\n' "$got" "$wanted" "$*" >&2
		return 1
	}
}

# ---- what the machine must have ---------------------------------------------------------------------------------

present() {
	dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null | grep -q 'ok installed'
}

# need PACKAGE...: installs those that are missing, in one go.
need() {
	local missing=() package as=()
	command -v dpkg-query >/dev/null || die "this is no Debian; install by hand: $*"
	for package in "$@"; do
		present "$package" || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || die "not root, and no sudo; please: apt-get install ${missing[*]}"
		as=(sudo)
	fi
	say "installing from Debian: ${missing[*]}"
	if [ -z "$updated" ]; then
		show "${as[@]}" apt-get -qq update || printf 'dev: no fresh package lists; going on with the old\n' >&2
		updated=1
	fi
	show "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 \
		install -y --no-install-recommends "${missing[@]}" >/dev/null
}

need_gcc() { need gcc libc6-dev cmake ninja-build pkg-config check; }
need_clang() { need clang libclang-rt-14-dev llvm; }

# ---- building ---------------------------------------------------------------------------------------------------

# configure FOLDER COMPILER TYPE [CMAKE-OPTION...]
configure() {
	local folder=$1 compiler=$2 type=$3 launcher=()
	shift 3
	if command -v ccache >/dev/null; then
		launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache)
	fi
	cmake -S . -B "$folder" -G Ninja -DCMAKE_C_COMPILER="$compiler" -DCMAKE_BUILD_TYPE="$type" "${launcher[@]}" "$@"
}

build_folder() {
	configure "$@" && ninja -C "$1" -j"$JOBS"
}

sanitized() {
	build_folder "$1" "$2" Debug -DFERMATA_SANITIZE=address,undefined
}

# ctest_folder FOLDER [CTEST-OPTION...]: counts every test of it.
ctest_folder() {
	local folder=$1 log=$LOGS/ctest_${1//\//_}.log began=$SECONDS summary bad all
	shift
	mkdir -p "$LOGS"
	ctest --test-dir "$folder" -j2 --output-on-failure --timeout 600 "$@" >"$log" 2>&1 || true
	summary=$(grep -E '^[0-9]+% tests passed' "$log" || true)
	bad=$(sed -n 's/.*, \([0-9]*\) tests failed out of .*/\1/p' <<<"$summary")
	all=$(sed -n 's/.* out of \([0-9]*\)$/\1/p' <<<"$summary")
	if [ -z "$all" ]; then
		bad=1 all=1
	fi
	passed=$((passed + all - bad))
	failed=$((failed + bad))
	if [ "$bad" -eq 0 ]; then
		printf 'ok    %d tests of %s (%d s)\n' "$all" "$folder" $((SECONDS - began))
	else
		printf 'FAIL  %d of %d tests of %s\n' "$bad" "$all" "$folder"
		sed 's/^/      | /' "$log"
	fi
}
