# Takes away what was installed and what an upgrade kept beside it, never what people made with it.
uninstall() {
  [ -f "$place/stigmer" ] || fail "there is no stigmer in $place" 'name its folder in STIGMER_INSTALL_DIR'
  refuse_while "service status" 'stigmer runs at every login' "$place/stigmer service uninstall"
  refuse_while "server status" 'a server of stigmer runs' "$place/stigmer server stop"
  for name in $links stigmer .stigmer.previous .stigmer.kept .stigmer.fresh .stigmer.lock; do
    reason=$(rm -f "$place/$name" 2>&1) || fail "cannot remove $place/$name: ${reason##*: }"
  done
  printf 'removed    %s\n' "$place/stigmer"
  printf 'links      %s\n' "$links"
  printf 'kept       %s, with all data; removing it is up to you\n' "${STIGMER_HOME:-${HOME:-}/.stigmer}"
}

# Status 3 says that there is nothing; a file that does not even run cannot be asked.
refuse_while() {
  ended=0
  # shellcheck disable=SC2086 # Two words.
  "$place/stigmer" $1 >/dev/null 2>&1 </dev/null || ended=$?
  [ "$ended" -ge 126 ] || [ "$ended" = 3 ] || fail "$2" "run first: $3"
}
