set -eu

links='stigmer-server stigmer-workflow-runner stigmer-agent-runner'
scratch='' child='' made_place=''

main() {
  open_outputs
  read_arguments "$@"
  find_place
  if [ "$wish" = uninstall ]; then
    uninstall
    return
  fi
  read_settings
  require_tools
  find_target
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  make_scratch
  find_digest
  bring_verified
  unpack
  try_out
  put_in_place
  report
}

# A closed output would be the next file that is opened, or would fail every word.
open_outputs() {
  (: 3>&2) || exec 2>/dev/null
  (: 3>&1) 2>/dev/null || exec >/dev/null
}

# A bash whose errors are closed has the script itself in their place, where nothing can be written.
say() { printf '%s\n' "$*" >&2 || :; }

# A sentence, a hint when there is one, and the exit status when it is not 1.
fail() {
  say "error: $1"
  [ -z "${2:-}" ] || say "hint: $2"
  exit "${3:-1}"
}

has() { command -v "$1" >/dev/null 2>&1; }

read_arguments() {
  wish=install
  [ "$#" -gt 0 ] || return 0
  case $#,$1 in
    1,-h | 1,--help) usage; exit 0 ;;
    1,--uninstall) wish=uninstall ;;
    *) fail "there is no argument \"$*\"" 'see --help; most of it is chosen by variables' 2 ;;
  esac
}

usage() {
  cat <<END
Installs stigmer $baked_version into ~/.local/bin, with the names
$links.

  curl -fsSL \\
    $releases/latest/download/install.sh |
    sh
  sh install.sh --uninstall      takes it away again, and keeps all data

Variables:
  STIGMER_INSTALL_DIR        another folder than ~/.local/bin
  STIGMER_VERSION            another release, like v1.2.3. This script has no
                             digest of it: the checksums.txt of that release
                             is believed, and so is the server it comes from
  STIGMER_DOWNLOAD_BASE_URL  a mirror that holds <version>/<file>: https, http,
                             or file:///a/folder
  STIGMER_STALL_SECONDS      how long a connection may be silent: 30 when unset
  https_proxy, no_proxy      as curl and wget know them; a proxy that is named
                             in ~/.curlrc must be named here, for no ~/.curlrc
                             is read
  CURL_CA_BUNDLE             a file of certificates to believe, as SSL_CERT_FILE
END
}
