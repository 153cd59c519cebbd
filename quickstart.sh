#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds the station, and lets it update a rack of simulated modules; then compares every
# verdict with what really happened. It does not know how either is done.
set -u
cd "$(dirname "$0")" || exit 1
. tests/prepare.sh

folder=build-gcc
units=24 speed=5 seed=1 front=

# Units are of all kinds. What is wrong with unit 1, 2, 3 …, then from the beginning: fota-rack --list-faults explains each.
fates=(none none current none update-error none none cfs-refused none power-cut none no-capfota
	unknown-model none current none bad-imei none none wrong-suffix none pin-one-left none unplug-in-upload)

usage() {
	echo "quickstart.sh: $1; usage: quickstart.sh [--units 1…128] [--speed X] [--seed S] [--batch]" >&2
	exit 64
}

# number NAME VALUE FROM TO: an integer in this range, or the end.
number() {
	case $2 in '' | *[!0-9]* | ??????????*) usage "$1 '$2': expected a number from $3 to $4" ;; esac
	if [ "$2" -lt "$3" ] || [ "$2" -gt "$4" ]; then
		usage "$1 $2: expected a number from $3 to $4"
	fi
}

while [ $# -gt 0 ]; do
	case $1 in
	--batch) front="batch" ;;
	--units | --speed | --seed)
		[ $# -ge 2 ] || usage "$1 needs a value"
		case $1 in
		--units) number "$1" "$2" 1 128 && units=$2 ;;
		--speed) number "$1" "$2" 1 1000 && speed=$2 ;;
		--seed) number "$1" "$2" 0 999999999 && seed=$2 ;;
		esac
		shift
		;;
	*) usage "$1 is not known" ;;
	esac
	shift
done
if [ -z "$front" ]; then
	front="batch"
	[ -t 0 ] && [ -t 1 ] && [ "${TERM:-dumb}" != dumb ] && front="dashboard"
fi

# shellcheck disable=SC2086,SC2154
install_packages $build_packages || exit 1
build "$folder" "" station/fota-station station/fota-log tests/rack/fota-rack tests/rack/libfota-rack-lines.so ||
	exit 1

faults=clean
for ((i = 1; i <= units; i++)); do
	faults+=,${fates[(i - 1) % ${#fates[@]}]}@$i
done
run=$folder/runs/$(date +%Y%m%d-%H%M%S)-$$
mkdir -p "$run" || exit 1
truth=$run/truth.ndjson database=$run/station.db
command=("$folder/station/fota-station" --config "$run" "$front")
if [ "$front" = batch ]; then
	command+=(--expect "$units" --timeout 30m)
	echo "$units simulated modules are plugged in behind their hubs, the station updates them:"
else
	echo "$units simulated modules are plugged in behind their hubs: q leaves the dashboard, ? explains it."
	sleep 2
fi
FOTA_STATION_DATA=$PWD/data "$folder/tests/rack/fota-rack" --units "$units" --speed "$speed" --seed "$seed" \
	--fault "$faults" --truth "$truth" --setup "$run" -- "${command[@]}"
code=$?
if [ ! -s "$database" ] || [ ! -s "$truth" ]; then
	echo "quickstart.sh: the station ended with exit code $code before it had done anything" >&2
	exit 1
fi

echo
echo "Do the verdicts say what really happened?"
if [ "$front" = batch ]; then
	python3 tests/rack/judge.py "$truth" "$database"
else
	python3 tests/rack/judge.py --early "$truth" "$database"
fi
judged=$?
cat <<END

database  $database
truth     $truth
results   $folder/station/fota-log --db $database attempts
END
exit $judged
