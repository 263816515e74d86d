unpack() {
  # A bare name: tar takes what stands before a colon for another machine.
  if ! reason=$(cd "$scratch" && tar -xzf "$asset" stigmer 2>&1); then
    fail "cannot unpack $asset: $(printf '%s\n' "$reason" | head -n 1)" "make room in $place, or $other_place"
  fi
  if [ -L "$scratch/stigmer" ] || ! [ -f "$scratch/stigmer" ]; then
    fail "$asset holds no file called stigmer"
  fi
  chmod 755 "$scratch/stigmer"
}

# Nothing is replaced by a file that does not run here.
try_out() {
  ended=0
  said=$("$scratch/stigmer" version 2>&1 </dev/null) || ended=$?
  said=$(printf '%s\n' "$said" | head -n 1)
  case $ended,$said in
    0,"stigmer $version "* | 0,"stigmer $version") return ;;
    0,*) fail "the new stigmer says that it is \"$said\", not $version" 'nothing was installed' ;;
    126,*) hint="programs may not run in $place: $other_place" ;;
    132,*) hint='the processor has no SSE4.2, which stigmer needs' ;;
    *,*libstdc++.so*) hint='the C++ library is missing; on Alpine: apk add libstdc++' ;;
    *) hint="nothing was installed; this file is for $target" ;;
  esac
  fail "the new stigmer does not run here: ${said##*"$scratch/"} (status $ended)" "$hint"
}

put_in_place() {
  look_at_old
  for name in $links; do
    ln -s stigmer "$scratch/$name"
  done
  # Else a power cut may leave a name without its bytes. An old sync takes no name and writes everything.
  sync "$scratch/stigmer" 2>/dev/null || sync 2>/dev/null || :
  # The same bytes stay the same file, that of a server that runs.
  for name in $([ "$old" = same ] || echo stigmer) $links; do
    reason=$(mv -f "$scratch/$name" "$place/$name" 2>&1) ||
      fail "cannot put $name into $place: ${reason##*: }" "$other_place"
  done
}

# What is there before: `old` is none, same or other; of another one also its version, and whether a server of it runs.
look_at_old() {
  old=none before='' runs=''
  [ -e "$place/stigmer" ] || return 0
  old=same
  [ "$(sha256_of "$place/stigmer")" != "$(sha256_of "$scratch/stigmer")" ] || return 0
  old=other
  ask version
  before=$(printf '%s\n' "$answer" | sed -n 's/^stigmer \([^ ]*\).*/\1/p' | head -n 1)
  before=${before:-'a version that it does not tell'}
  ask server status
  case $ended in 0 | 4) runs=yes ;; esac
}

report() {
  printf 'installed  %s\n' "$place/stigmer"
  case $old in
    same) printf 'version    %s is already installed\n' "$version" ;;
    *) printf 'version    %s%s\n' "$version" "${before:+, was $before}" ;;
  esac
  printf 'links      %s\n' "$links"
  printf 'checked    sha256 %s\n           %s\n' "$digest" "$checked"
  [ -z "$runs" ] || printf 'server     it runs on with %s until: stigmer server restart\n' "$before"
  case :${PATH:-}: in
    *":$place:"*) report_other ;;
    *) report_path ;;
  esac
  [ "$old" != none ] || printf 'next       stigmer server\n'
}

# Another file may come first on the PATH.
report_other() {
  first=$(command -v stigmer || :)
  [ "$first" = "$place/stigmer" ] || printf 'careful    "stigmer" means %s, which comes first on your PATH\n' "$first"
}

report_path() {
  folder=$(printf '%s' "$place" | sed 's/["$`\\]/\\&/g')
  case $place in
    "${HOME:-/nowhere}"/*) folder="\$HOME/$(printf '%s' "${place#"${HOME%/}"/}" | sed 's/["$`\\]/\\&/g')" ;;
  esac
  line="export PATH=\"$folder:\$PATH\""
  case $system,${SHELL:-} in
    *,*/fish) file='.config/fish/config.fish' line="fish_add_path \"$folder\"" ;;
    *,*/zsh) file='.zshrc' ;;
    Darwin,*/bash) file='.bash_profile' ;;
    *,*/bash) file='.bashrc' ;;
    *) file='.profile' ;;
  esac
  printf 'PATH       add this line to ~/%s, and open a new shell:\n             %s\n' "$file" "$line"
}
