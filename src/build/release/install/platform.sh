find_target() {
  system=$(uname -s)
  machine=$(uname -m)
  case $machine in
    x86_64 | amd64) machine=amd64 ;;
    aarch64 | arm64) machine=arm64 ;;
    *) fail "there is no build of stigmer for the processor $machine" 'there are builds for amd64 and arm64' ;;
  esac
  case $system in
    Linux)
      [ "$(getconf LONG_BIT 2>/dev/null || echo 64)" = 64 ] ||
        fail 'the programs of this system are of 32 bits, and stigmer is not' 'install a 64-bit system'
      target=linux-$machine
      ! is_musl || target=$target-musl
      ;;
    Darwin)
      # Under Rosetta a shell is told that this is an Intel machine.
      [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || :)" != 1 ] || machine=arm64
      target=darwin-$machine
      ;;
    *) fail "there is no build of stigmer for $system" 'there are builds for Linux (also in WSL) and macOS' ;;
  esac
  asset=stigmer-$version-$target.tar.gz
}

is_musl() {
  case $(ldd --version 2>&1 || :) in
    *musl*) return 0 ;;
    *GLIBC* | *'GNU libc'*) return 1 ;;
  esac
  for loader in /lib/ld-musl-*.so.1; do
    ! [ -e "$loader" ] || return 0
  done
  return 1
}
