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
  ! [ -e "$place/stigmer" ] || is_ours "$place/stigmer" ||
    fail "$place/stigmer is there already, and is not this stigmer" "move it away, or $other_place"
  for name in $links; do
    if [ -L "$place/$name" ]; then
      [ "$(readlink "$place/$name")" != stigmer ] || continue
    elif ! [ -e "$place/$name" ]; then
      continue
    fi
    fail "$place/$name is there already, and is no link to stigmer" "remove it, or $other_place"
  done
}

# Each stigmer holds the apiVersion of its manifests. Nothing else is ever run, replaced or removed. NUL ends a line, for
# not every grep looks behind one.
is_ours() {
  [ -x "$1" ] && [ -r "$1" ] && LC_ALL=C tr '\000' '\n' <"$1" | LC_ALL=C grep -q 'agentic\.stigmer\.ai/v1'
}

make_scratch() {
  if ! [ -d "$place" ]; then
    reason=$(mkdir -p "$place" 2>&1) || fail "cannot make the folder $place: ${reason##*: }" "$other_place"
    made_place=yes
  fi
  sweep
  # Beside the place of the file, so that the file gets there by a rename. Another user may have left this very name.
  wanted=$place/.stigmer-install.$$ number=0
  while [ -e "$wanted" ] || [ -L "$wanted" ]; do
    number=$((number + 1))
    wanted=$place/.stigmer-install.$$.$number
  done
  if ! reason=$(mkdir -m 700 "$wanted" 2>&1); then
    fail "cannot write in $place: ${reason##*: }" "$other_place"
  fi
  scratch=$wanted
}

# What a killed installation left goes, unless it is another user's; that of a living one stays.
sweep() {
  for leftover in "$place"/.stigmer-install.*; do
    owner=${leftover##*/.stigmer-install.}
    owner=${owner%.[0-9]}
    case $owner in '' | *[!0-9]*) continue ;; esac
    kill -0 "$owner" 2>/dev/null || rm -rf "$leftover" 2>/dev/null || :
  done
}

clean_up() {
  last=$?
  trap - EXIT HUP INT TERM
  [ -z "$child" ] || kill "$child" 2>/dev/null || :
  [ -z "$scratch" ] || rm -rf "$scratch"
  [ -z "$made_place" ] || [ "$last" = 0 ] || rmdir "$place" 2>/dev/null || :
  exit "$last"
}
