# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Read by quickstart.sh and check.sh: one line per thing they do, and the Debian packages that they need.
# It does not know what is built or run.

logs=build-logs

build_packages="gcc g++ libc6-dev meson ninja-build pkg-config python3 gettext libglib2.0-dev libserialport-dev
libgudev-1.0-dev libsqlite3-dev libncurses-dev libsoup-3.0-dev libjson-glib-dev libgtest-dev libgmock-dev
libvterm-dev zlib1g-dev libumockdev-dev umockdev"
# A second compiler and its sanitizers, the formatter, a foreign client for the rack, accelerated time, a reader of the
# manual pages, what draws and shows a report, another reader of the record.
# shellcheck disable=SC2034
check_packages="$build_packages clang libclang-rt-14-dev clang-format python3-serial faketime groff-base gnuplot-nox chromium chromium-driver
sqlite3"

# step LOG TEXT COMMAND…: runs COMMAND with its output in LOG, one line on the screen, the end of LOG when it fails.
step() {
	local log=$logs/$1.log text=$2 began=$SECONDS
	shift 2
	mkdir -p "$logs"
	printf '%s … ' "$text"
	if "$@" >"$log" 2>&1 </dev/null; then
		printf 'done, %d s\n' $((SECONDS - began))
		return 0
	fi
	printf 'failed\n'
	tail -n 15 "$log" >&2
	printf 'The whole of it: %s\n' "$log" >&2
	return 1
}

missing_packages() {
	local package
	for package in "$@"; do
		[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
	done
}

apt_install() {
	local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120)
	[ "$(id -u)" = 0 ] || apt=(sudo "${apt[@]}")
	"${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "$@"
}

# install_packages NAME…: installs those that are not there yet.
install_packages() {
	local missing count
	if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
		echo "This is no Debian: the packages $* cannot be installed by this script." >&2
		return 1
	fi
	missing=$(missing_packages "$@")
	[ -n "$missing" ] || return 0
	# shellcheck disable=SC2086
	count=$(set -- $missing; echo $#)
	if [ "$(id -u)" != 0 ] && ! { command -v sudo >/dev/null && sudo -v; }; then
		# shellcheck disable=SC2086
		echo "Installing packages needs root: run apt-get install --no-install-recommends" $missing >&2
		return 1
	fi
	# shellcheck disable=SC2086
	step packages "Installing Debian packages ($count)" apt_install $missing
}

# build FOLDER OPTIONS TARGET…: OPTIONS (one word each) are used when the folder is new; gcc where CC says nothing.
build() {
	local folder=$1 options=$2
	shift 2
	local -x CC=${CC:-gcc} CXX=${CXX:-g++}
	if [ ! -f "$folder/build.ninja" ]; then
		# shellcheck disable=SC2086
		step "$folder-setup" "Configuring $folder" meson setup $options "$folder" || return 1
	fi
	step "$folder" "Building $folder" ninja -C "$folder" "$@"
}
