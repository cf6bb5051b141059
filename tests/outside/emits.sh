#!/usr/bin/env bash
# emits.sh SUITE PREFIX TOKEN -- the least run of a failure of kettle-sim, as a scenario in C, is built against the installed package and
# run by the commands that stand in its comment; there it fails, too. What it makes lies beside the suite.
set -u
suite=$(realpath "$1")
folder=$(dirname "$suite")
PKG_CONFIG_PATH=$(dirname "$(find "$(realpath "$2")" -name fermata.pc)")
CFLAGS=kettle.c # what the scenario's file needs
export PKG_CONFIG_PATH CFLAGS
cd "$(dirname "$0")" || exit 1
"$suite" shrink "$3" --emit-c "$folder/least.c"
[ $? -eq 1 ] || exit 1
build=$(sed -n 's/^ \*     \(cc .*\) -o shrunk-again$/\1/p' "$folder/least.c")
bash -c "${build:-false} -o '$folder/shrunk-again'" || exit 1
"$folder/shrunk-again" run "$(sed -n 's/^ \*     .*again run \(.*\)$/\1/p' "$folder/least.c")"
[ $? -eq 1 ]
