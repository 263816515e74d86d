# The digest that the file must have: from this script, or for another release from that release's own list.
find_digest() {
  if [ "$version" = "$baked_version" ]; then
    checked='the digest is part of this script'
    printf '%s\n' "$baked_digests" >"$scratch/checksums.txt"
  else
    checked="the digest is the one of $(without_login "$base")/$version/checksums.txt"
    download checksums.txt
    refuse_untrusted_way
  fi
  digest='' there=''
  while read -r sum name; do
    [ "$name" != "$asset" ] || digest=$sum
    case $name in
      stigmer-"$version"-*.tar.gz)
        name=${name#stigmer-"$version"-}
        there="$there ${name%.tar.gz}"
        ;;
    esac
  done <"$scratch/checksums.txt"
  [ -z "$digest" ] || return 0
  refuse_web_page checksums.txt
  fail "the release $version has no $asset" "it is there for:${there:- nothing}"
}

# A list of digests is worth no more than its way here; a file whose digest is known may come by any way.
refuse_untrusted_way() {
  case ${protocols:-},$(cat "$scratch/talk") in
    *'certificate validation not implemented'*)
      fail "this wget checks no certificate: the digests of $version cannot be believed" 'install curl'
      ;;
    =https,*'Location: http:'*)
      fail "$shown led to an address without https, so the digests cannot be believed" 'install curl'
      ;;
  esac
}

bring_verified() {
  say "downloading $asset from $(without_login "$base")"
  download "$asset"
  actual=$(sha256_of "$scratch/$asset")
  if [ "$actual" != "$digest" ] && [ -n "$was_continued" ]; then
    say 'the parts do not fit together; fetching the whole file again'
    rm -f "$scratch/$asset"
    download "$asset"
    actual=$(sha256_of "$scratch/$asset")
  fi
  [ "$actual" != "$digest" ] || return 0
  refuse_web_page "$asset"
  fail "$shown has the SHA-256 $actual, not $digest" "nothing was installed; $checked"
}

refuse_web_page() {
  if head -c 400 "$scratch/$1" | LC_ALL=C grep -qi -e '<!doctype html' -e '<html'; then
    fail "$shown is a web page, not the file" \
      'the network may want a login: open a browser, log in, and try again'
  fi
}

sha256_of() {
  case $hasher in
    sha256sum) sha256sum <"$1" ;;
    shasum) shasum -a 256 <"$1" ;;
    openssl) openssl dgst -sha256 -r <"$1" ;;
  esac | sed 's/[^0-9a-f].*//'
}
