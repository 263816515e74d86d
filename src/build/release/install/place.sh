find_place() {
  other_place='choose another folder with STIGMER_INSTALL_DIR'
  if [ -n "${STIGMER_INSTALL_DIR:-}" ]; then
    place=${STIGMER_INSTALL_DIR%/}
    case $place in
      /*) ;;
      *) fail "STIGMER_INSTALL_DIR is \"$place\", which is not an absolute path" 'begin it with /' 2 ;;
    esac
  else
    case ${HOME:-} in
      /*) place=${HOME%/}/.local/bin ;;
      '') fail 'HOME is not set, so there is no folder to install into' 'name one in STIGMER_INSTALL_DIR' ;;
      *) fail "HOME is \"$HOME\", which is not an absolute path" 'name a folder in STIGMER_INSTALL_DIR' ;;
    esac
  fi
  require_free
}

# Nothing is replaced but an earlier stigmer: who put something else there wants to keep it.
require_free() {
  if [ -f "$place/.stigmer-managed" ]; then
    fail "$place/stigmer belongs to another installer" "run: $(cat "$place/.stigmer-managed")"
  elif [ -L "$place/stigmer" ]; then
    fail "$place/stigmer is a link to $(readlink "$place/stigmer")" "remove it, or $other_place"
  elif [ -e "$place/stigmer" ] && ! [ -f "$place/stigmer" ]; then
    fail "$place/stigmer is there already, and is no file" "remove it, or $other_place"
  fi
  for name in $links; do
    if [ -L "$place/$name" ]; then
      [ "$(readlink "$place/$name")" != stigmer ] || continue
    elif ! [ -e "$place/$name" ]; then
      continue
    fi
    fail "$place/$name is there already, and is no link to stigmer" "remove it, or $other_place"
  done
}

make_scratch() {
  if ! [ -d "$place" ]; then
    reason=$(mkdir -p "$place" 2>&1) || fail "cannot make the folder $place: ${reason##*: }" "$other_place"
    made_place=yes
  fi
  # What a killed installation left goes; that of a living one stays.
  for leftover in "$place"/.stigmer-install.*; do
    kill -0 "${leftover##*.}" 2>/dev/null || rm -rf "$leftover"
  done
  # Beside the place of the file, so that the file gets there by a rename.
  if ! reason=$(mkdir -m 700 "$place/.stigmer-install.$$" 2>&1); then
    fail "cannot write in $place: ${reason##*: }" "$other_place"
  fi
  scratch=$place/.stigmer-install.$$
}

clean_up() {
  last=$?
  trap - EXIT HUP INT TERM
  [ -z "$child" ] || kill "$child" 2>/dev/null || :
  [ -z "$scratch" ] || rm -rf "$scratch"
  [ -z "$made_place" ] || [ "$last" = 0 ] || rmdir "$place" 2>/dev/null || :
  exit "$last"
}
