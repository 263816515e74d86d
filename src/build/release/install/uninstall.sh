# Takes away what was installed and what an upgrade kept beside it, never what people made with it.
uninstall() {
  [ -f "$place/stigmer" ] || fail "there is no stigmer in $place" 'name its folder in STIGMER_INSTALL_DIR'
  refuse_while_installed
  refuse_while_running
  for name in $links stigmer .stigmer.previous .stigmer.kept .stigmer.fresh .stigmer.lock; do
    reason=$(rm -f "$place/$name" 2>&1) || fail "cannot remove $place/$name: ${reason##*: }"
  done
  printf 'removed    %s\n' "$place/stigmer"
  printf 'links      %s\n' "$links"
  printf 'kept       %s, with all data; removing it is up to you\n' "${STIGMER_HOME:-${HOME:-}/.stigmer}"
}

# Without the file nobody could take the service away any more, whether it runs now or only at the next login.
refuse_while_installed() {
  ask service status --json
  refuse_unanswered
  case $answer in
    *'"installed":true'*) fail 'stigmer runs at every login' "run first: $place/stigmer service uninstall" ;;
  esac
}

# Only 0 (well) and 4 (not well, or not yet) speak of a server that is there. One that was killed is not in the way, and
# neither is a file that cannot be asked.
refuse_while_running() {
  ask server status
  refuse_unanswered
  case $ended in
    0 | 4) fail 'a server of stigmer runs' "run first: $place/stigmer server stop" ;;
  esac
}

# 2 is a wrong setting: whether there is something in the way nobody knows then.
refuse_unanswered() {
  reason=$(said_after error)
  if [ "$ended" = 2 ] && [ -n "$reason" ]; then
    fail "$reason" "$(said_after hint)" 2
  fi
}

said_after() { printf '%s\n' "$answer" | sed -n "s/^$1: //p" | head -n 1; }
