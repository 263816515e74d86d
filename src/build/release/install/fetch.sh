# A release has about 50 MB; a server that never ends must fill no disk. Shells count in 512 or 1024 bytes.
blocks_max=800000

# Runs a program so that a signal to this script ends it at once.
run() {
  (
    ulimit -f "$blocks_max" 2>/dev/null || :
    exec "$@"
  ) &
  child=$!
  run_status=0
  wait "$child" || run_status=$?
  child=''
  return "$run_status"
}

# One try to bring the address $1 into the file $2, continuing it when it has a beginning. Leaves `ended`, the exit
# status of the program, `code`, the last HTTP status, and in $scratch/talk what the program said.
fetch() {
  : >"$scratch/head"
  : >"$scratch/talk"
  ended=0
  "fetch_by_$fetcher" "$1" "$2" || ended=$?
  code=$(header_lines | sed -n 's|^ *HTTP/[0-9.]* \([0-9][0-9][0-9]\).*|\1|p' | tail -n 1)
}

header_lines() { tr -d '\r' <"$scratch/head"; tr -d '\r' <"$scratch/talk"; }

fetch_by_copy() { run cp "$(printf '%s' "${1#file://}" | sed 's/%20/ /g')" "$2" 2>"$scratch/talk"; }

fetch_by_curl() {
  from=$1 to=$2
  set -- --fail --location --max-redirs 10 --proto "$protocols" --connect-timeout 15 \
    --speed-limit 1 --speed-time "$stall_seconds" --dump-header "$scratch/head" --output "$to"
  # A terminal gets a progress bar, and with it what curl says.
  if [ -t 2 ]; then set -- "$@" --progress-bar
  else set -- "$@" --silent --show-error --stderr "$scratch/talk"
  fi
  [ -z "$authorities" ] || set -- "$@" --cacert "$authorities"
  ! [ -s "$to" ] || set -- "$@" --continue-at -
  # A ~/.curlrc may send the file elsewhere.
  run curl -q "$@" "$from"
}

fetch_by_wget() {
  from=$1 to=$2
  set -- --server-response --tries=1 --max-redirect=10 --auth-no-challenge --connect-timeout=15 \
    --read-timeout="$stall_seconds" --output-file="$scratch/talk" --output-document="$to"
  [ -z "$authorities" ] || set -- "$@" --ca-certificate="$authorities"
  ! [ -s "$to" ] || set -- "$@" --continue
  run wget "$@" "$from"
}

# BusyBox and others: only the flags that this one says it has.
fetch_by_small_wget() {
  from=$1 to=$2
  set -- -O "$to"
  case $small_wget_help in *-S*) set -- -S "$@" ;; esac
  case $small_wget_help in *-T*) set -- -T "$stall_seconds" "$@" ;; esac
  ! [ -s "$to" ] || set -- -c "$@"
  run wget "$@" "$from" 2>"$scratch/talk"
}

# Of all that a program said, the line that tells why it gave up.
last_words() {
  case $fetcher in
    curl) sed -n 's/^curl: ([0-9]*) //p' "$scratch/talk" ;;
    *)
      sed -e '/^[[:space:]]*$/d' -e '/^ /d' -e '/^--/d' -e '/insecurely/d' -e 's/ *Giving up\.$//' \
        -e 's/^[a-z]*: //' -e 's/^[-0-9: ]* ([^)]*) - //' -e 's/^HTTP request sent, [^.]*\.\.\. //' "$scratch/talk"
      ;;
  esac | sed -e 's/\.$//' -e '/^$/d' | tail -n 1
}
