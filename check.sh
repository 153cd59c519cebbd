#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds with gcc and clang, runs every test and counts: the last line says how many passed.
# It knows no test by name: it runs what meson knows. --quick is for every commit: gcc, unit and structure.
set -u
cd "$(dirname "$0")" || exit 1
. tests/prepare.sh

case "$#${1-}" in
0) quick= ;;
1--quick) quick=yes ;;
*)
	echo "check.sh: $*: expected nothing or --quick" >&2
	exit 64
	;;
esac

counted=()
broken=0

# check FOLDER SETUP_OPTIONS MESON_TEST_ARGUMENT…: builds and tests one folder.
check() {
	local folder=$1 options=$2
	shift 2
	if ! build "$folder" "$options"; then
		broken=$((broken + 1))
		return
	fi
	# A result of an earlier run must not be taken for one of this.
	rm -f "$folder"/meson-logs/testlog.json "$folder"/*.xml
	step "$folder-test" "Testing $folder" meson test -C "$folder" --no-rebuild "$@"
	counted+=("$folder")
}

# shellcheck disable=SC2086,SC2154
install_packages $check_packages || exit 1
if [ -n "$quick" ]; then
	check build-gcc "" --suite unit --suite structure
else
	check build-gcc ""
	export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
	CC=clang CXX=clang++ check build-clang "-Db_sanitize=address,undefined -Db_lundef=false" \
		--suite unit --suite udev --suite fuzz --timeout-multiplier 4
fi
python3 tests/count.py --broken "$broken" ${counted[@]+"${counted[@]}"}
