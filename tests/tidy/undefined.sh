#!/bin/sh
# undefined.sh NM ALLOWED OBJECT... -- what the objects ask of the world, held against a list.
#
# The runtime reaches the outside only through its environment (DESIGN 1.1): what its objects outside runtime/os
# leave undefined between them must stand in the list. Symbols that another of these objects defines are no matter;
# one that only runtime/os defines is: the seam would be passed by.
set -eu
nm=$1
allowed=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

count=0
for object in "$@"; do
	case $object in
	*/os/*) continue ;;
	esac
	count=$((count + 1))
	"$nm" "$object" >"$work/symbols"
	awk 'NF == 2 { print $2 }' "$work/symbols" >>"$work/wanted"
	awk 'NF == 3 { print $3 }' "$work/symbols" >>"$work/defined"
done
[ "$count" -gt 0 ] || { echo "undefined.sh: no objects" >&2; exit 2; }
sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$allowed" | sort -u >"$work/allowed"
sort -u "$work/defined" -o "$work/defined"
sort -u "$work/wanted" | comm -23 - "$work/defined" | comm -23 - "$work/allowed" >"$work/faults"
if [ -s "$work/faults" ]; then
	echo "the runtime asks these of the world, past its environment:" >&2
	cat "$work/faults" >&2
	exit 1
fi
echo "$count objects ask for nothing that is not in the list"
