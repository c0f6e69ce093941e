# Sourced by ./demo and ./test: missing packages, and builds outside the source tree.
# Needs $top, the root of the project.

BUILD_PACKAGES="build-essential autoconf automake pkg-config libmicrohttpd-dev libcurl4-openssl-dev \
libjansson-dev libexpat1-dev libsqlite3-dev libssl-dev libsodium-dev liboath-dev libgnutls28-dev libinih-dev \
libqrencode-dev libwslay-dev libfido2-dev libjs-chart.js tzdata"

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo "$@"
	else
		say "this needs root: $*"
		return 1
	fi
}

# Those of the given Debian packages that are not installed.
packages_missing() {
	for package in "$@"; do
		status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)
		[ "$status" = installed ] || printf '%s ' "$package"
	done
}

# A machine of continuous integration is thrown away: a sync after each file that is unpacked would be for nothing.
apt_install() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
		${CI:+-o Dpkg::Options::=--force-unsafe-io} "$@"
}

# Installs what is missing of the given packages. The package lists are only fetched where the
# installation does not work without.
packages_install() {
	if ! command -v dpkg-query >/dev/null 2>&1; then
		say "not a Debian system; the build needs: $*"
		return 0
	fi
	missing=$(packages_missing "$@")
	[ -n "$missing" ] || return 0
	say "installing: $missing"
	# shellcheck disable=SC2086 # one word per package
	apt_install $missing >"$top/apt.log" 2>&1 && return 0
	say "fetching the package lists first"
	# shellcheck disable=SC2086
	if as_root apt-get update -qq >>"$top/apt.log" 2>&1 && apt_install $missing >>"$top/apt.log" 2>&1; then
		return 0
	fi
	tail -n 20 "$top/apt.log" >&2
	say "the packages could not be installed"
	return 1
}

# Is the generated configure script there, and newer than what it is made from.
configure_is_current() {
	[ -f "$top/configure" ] && [ -f "$top/Makefile.in" ] &&
		[ -z "$(find "$top/configure.ac" "$top/Makefile.am" "$top/src" "$top/t" \
			\( -name configure.ac -o -name Makefile.am -o -name '*.mk' \) \
			-newer "$top/configure" -print -quit 2>/dev/null)" ]
}

# build DIR TARGETS CONFIGURE-OPTIONS...: DIR is below the root and keeps what was built before.
# The log of what went wrong is shown; otherwise only that something is being built.
# Continuous integration builds a directory once, and does not need to know what has to be built again after a change: that takes
# four programs for each of 600 files. The system's own shell starts faster than the one that configure prefers.
build() {
	build_dir=$top/$1
	build_targets=$2
	shift 2
	mkdir -p "$build_dir" || return 1
	build_log=$build_dir/build.log
	say "building in ${build_dir##*/}/ (${build_dir##*/}/build.log tells how far it is)"
	if {
		configure_is_current || (cd "$top" && autoreconf -i && touch configure)
	} >"$build_log" 2>&1 && {
		[ -f "$build_dir/config.status" ] && [ "$build_dir/config.status" -nt "$top/configure" ] ||
			(cd "$build_dir" && CONFIG_SHELL=/bin/sh ../configure -q ${CI:+--disable-dependency-tracking} "$@")
	} >>"$build_log" 2>&1 &&
		# shellcheck disable=SC2086 # one word per target
		make -C "$build_dir" -j "$(nproc)" $build_targets >>"$build_log" 2>&1; then
		return 0
	fi
	tail -n 40 "$build_log" >&2
	say "the build in ${build_dir##*/}/ failed; all of it is in $build_log"
	return 1
}

# A source tree that was configured in place can't be built elsewhere.
clean_in_place() {
	[ -f "$top/config.status" ] || return 0
	say "the source tree was configured in place: make distclean"
	make -s -C "$top" distclean >/dev/null 2>&1 && [ ! -f "$top/config.status" ]
}
