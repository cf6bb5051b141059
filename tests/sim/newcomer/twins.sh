#!/usr/bin/env bash
# twins.sh FERMATA: no correct twin is accused in 200 runs (./dev test makes 1,000 more of each); there is one for each bug.
set -u
fermata=$1

names() {
	"$fermata" list "$1" --json | sed -n 's|.*"name": *"\([^"]*\)/[a-z]*".*|\1|p'
}

[ -n "$(names 'newcomer/*/fixed')" ] && [ "$(names 'newcomer/*/fixed')" = "$(names 'newcomer/*/broken')" ] || {
	printf 'FAIL bugs and twins are not the same\n'
	exit 1
}
"$fermata" run 'newcomer/*/fixed' --seeds 200 --quiet
