tries_max=5
retry_after_max=60

# Brings the file $1 of the release into the scratch folder, or ends with the reason. What came before a connection
# broke is continued; `was_continued` tells so.
download() {
  url=$base/$version/$1
  part=$scratch/$1
  shown=$(without_login "$url")
  was_continued=''
  try=1
  while :; do
    ! [ -s "$part" ] || was_continued=yes
    fetch "$url" "$part"
    judge "$1"
    case $verdict in
      good) return 0 ;;
      over) fail "cannot download $shown: $why" "$hint" ;;
      fresh) rm -f "$part" ;;
    esac
    [ "$try" -lt "$tries_max" ] || fail "cannot download $shown in $tries_max tries: $why" "$hint"
    wait_before_next_try
    try=$((try + 1))
  done
}

# A second, then twice as long each time; longer when the server asks for it, but not for ever.
wait_before_next_try() {
  seconds=$((1 << (try - 1)))
  asked=$(header_lines | sed -n 's/^ *[Rr]etry-[Aa]fter: *\([0-9]\{1,9\}\) *$/\1/p' | tail -n 1)
  if [ "${asked:-0}" -gt "$retry_after_max" ]; then
    fail "cannot download $shown: $why" "it asks for $asked s of patience: try again then"
  elif [ "${asked:-0}" -gt "$seconds" ]; then
    seconds=$asked
  fi
  say "$why; trying again in $seconds s"
  run sleep "$seconds"
}

# What the last try amounts to: `good`, `again`, `fresh` (again, from the beginning) or `over`, with why and a hint.
judge() {
  hint=''
  case $ended,$code in
    0,200 | 0,206) verdict=good ;;
    *,408 | *,425 | *,429 | *,5??) verdict=again why="the server answered $code" hint='try again later' ;;
    *,416) verdict=fresh why='the server has no such part of the file' ;;
    *,404 | *,410)
      verdict=over why='it is not there'
      hint="look whether there is a release $version, and whether it has $1"
      ;;
    *,407) verdict=over why='the proxy wants to know who asks' hint='put user:password@ into https_proxy' ;;
    *,401 | *,403)
      verdict=over why="the server answered $code, so it lets nobody or not everybody in"
      hint='put user:password@ into STIGMER_DOWNLOAD_BASE_URL if it knows you'
      ;;
    *,4??) verdict=over why="the server answered $code" ;;
    *,3??)
      why=$(last_words)
      verdict=over why="it was redirected in vain${why:+: $why}"
      ;;
    *) judge_end ;;
  esac
}

# Without a status that says it, by how the program ended.
judge_end() {
  if [ "$ended" != 0 ] && is_disk_full; then
    verdict=over why='the disk is full' hint="make room in $place, or $other_place"
    return
  fi
  why=$(last_words)
  why=${why:-"${fetcher#small_} ended with status $ended"}
  case $fetcher,$ended in
    copy,0 | small_wget,0) verdict=good ;;
    *,0) verdict=over why='the server does not speak HTTP' ;;
    copy,*) verdict=over hint='name a folder with the files of the release in STIGMER_DOWNLOAD_BASE_URL' ;;
    *,153) verdict=over why='it has more bytes than a release can have' ;;
    curl,33) verdict=fresh why='the server does not continue files' ;;
    curl,[567] | curl,1[68] | curl,28 | curl,5[256] | curl,9[256] | wget,4 | small_wget,*)
      verdict=again hint='look at the network, https_proxy and STIGMER_DOWNLOAD_BASE_URL'
      ;;
    curl,35 | curl,5[18] | curl,60 | curl,77 | curl,83 | curl,9[01] | wget,5)
      verdict=over hint='name the certificate of your authority in CURL_CA_BUNDLE'
      ;;
    *) verdict=over ;;
  esac
}

# Not every program says so, and what it says may have found no room either.
is_disk_full() {
  ! printf '%65536s' '' >"$scratch/probe" 2>/dev/null || {
    rm -f "$scratch/probe"
    return 1
  }
}
