read_settings() {
  read_version
  read_base
  stall_seconds=${STIGMER_STALL_SECONDS:-30}
  case $stall_seconds in
    0* | *[!0-9]* | ?????*)
      fail "STIGMER_STALL_SECONDS is \"$stall_seconds\", which is no number of seconds" 'write it like 60' 2
      ;;
  esac
  # wget reads only the small letters, and neither it nor curl knows that loopback needs no proxy.
  https_proxy=${https_proxy:-${HTTPS_PROXY:-}}
  no_proxy="${no_proxy:-${NO_PROXY:-}},localhost,127.0.0.1,::1"
  NO_PROXY=$no_proxy
  export https_proxy no_proxy NO_PROXY
  authorities=${CURL_CA_BUNDLE:-${SSL_CERT_FILE:-}}
}

read_version() {
  version=${STIGMER_VERSION:-$baked_version}
  case $version in v*) ;; *) version=v$version ;; esac
  case $version in
    *[!0-9A-Za-z.+-]*) ;;
    v[0-9]*.[0-9]*.[0-9]*) return ;;
  esac
  fail "STIGMER_VERSION is \"$STIGMER_VERSION\", which is not a version" \
    'write it like v1.2.3, or unset it' 2
}

read_base() {
  base=${STIGMER_DOWNLOAD_BASE_URL:-$releases/download}
  base=${base%/}
  case $base in
    *[?#[:space:]]*) ;;
    https://?*) protocols='=https'; return ;;
    http://?*) protocols='=http,https'; return ;;
  esac
  case $base in file:///*) return ;; esac
  fail "STIGMER_DOWNLOAD_BASE_URL is no base of addresses: $(without_login "$base")" \
    'write it like https://mirror.example/stigmer or file:///media/usb' 2
}

# Whatever stands before the last @ may be of a password, also a / and a ?, which belong into none: all but a folder whose
# name begins with it, on a host with or without a port.
without_login() {
  printf '%s' "$1" | tr '\n' ' ' | sed \
    -e '\|^[a-z]*://[A-Za-z0-9.-]*\(:[0-9]*\)\{0,1\}/\([^@]*/\)\{0,1\}@[^@]*$|!s|^\([A-Za-z]*://\)\{0,1\}.*@|\1|' \
    -e 's|[?#].*||'
}

require_tools() {
  for tool in tar gzip sed; do
    has "$tool" || fail "$tool is needed, and is not there" "install $tool"
  done
  if has sha256sum; then hasher=sha256sum
  elif has shasum; then hasher=shasum
  elif has openssl; then hasher=openssl
  else fail 'nothing here computes a SHA-256' 'install sha256sum (coreutils), shasum or openssl'
  fi
  find_fetcher
}

find_fetcher() {
  case $base in
    file:*) fetcher=copy; return ;;
  esac
  case $(command -v curl || :) in
    # The curl of a snap may not write into a hidden folder.
    '' | */snap/*) ;;
    *) fetcher=curl; return ;;
  esac
  has wget || fail 'neither curl (other than from a snap) nor wget is there' 'install one of them'
  case $(wget --version 2>/dev/null || :) in
    'GNU Wget'*) fetcher=wget; return ;;
  esac
  fetcher=small_wget small_wget_help=$(wget --help 2>&1 || :)
  host=${base#*://}
  case ${host%%/*} in
    *@*) fail 'this wget would tell your login to whomever the mirror redirects to' 'install curl' ;;
  esac
}
