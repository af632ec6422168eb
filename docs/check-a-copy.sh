#!/bin/sh
# Checks FILE against PROOF by the log's public key, with sha256sum and openssl 3.0 or newer only.
# proof.md tells the format. Neither witnesses nor what shows the status are read. Exit code: 0 genuine, 10 genuine but not
# published, 11 destroyed since, 20 another file, 21 another log, 23 proof damaged, 2 wrong usage.
set -euf; LC_ALL=C; export LC_ALL; path=''; signed=0; bad='the proof is damaged:'
end() { echo "$2" >&2; exit "$1"; }
number() { case $1 in '' | *[!0-9]* | 0?* | ???????????????????*) end 23 "$bad a number";; esac; }
bytes() { printf %s "$1" | base64 -d >b 2>e && [ "$(base64 -w0 <b)" = "$1" ] || end 23 "$bad base64"; }
hash() { { printf "$1"; cat "$2" "$3"; } | openssl dgst -sha256 -binary >h2; mv h2 h; }
[ $# = 3 ] && [ -r "$1" ] && [ -r "$2" ] || end 2 'usage: check-a-copy.sh FILE PROOF VERIFIER-KEY'
file=sha256:$(sha256sum <"$1" | cut -c1-64); t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cat "$2" >"$t/proof"; cd "$t"
name=${3%%+*}; id=${3#*+}; key=${id#*+}; id=${id%%+*}; bytes "$key"; mv b key
[ "$( (echo "$name"; cat key) | sha256sum | cut -c1-8)$(wc -c <key)" = "${id}33" ] || end 2 'no such key'
(printf '\060\052\060\005\006\003\053\145\160\003\041\000'; tail -c32 key) >der
[ -z "$(tail -c1 proof)" ] && [ "$(tr -d '\n\040-\377' <proof | wc -c)" = 0 ] || end 23 "$bad a control character"
{ IFS= read -r line && [ "$line" = 'c2sp.org/tlog-proof@v1' ] || end 23 "$bad the first line"
  IFS= read -r line && [ "$line" != "${line#extra }" ] && bytes "${line#extra }" && mv b statement &&
    IFS= read -r line && [ "$line" != "${line#index }" ] && fn=${line#index } || end 23 "$bad extra or index"
  status=$(printf '\nsimars/kedudukan@v1'); [ "$(sed -n 10,11p statement)" != "$status" ] || { head -n9 statement >b; mv b statement; }
  while IFS= read -r line && [ -n "$line" ]; do bytes "$line"; path="$path $line"; done; cat >note; } <proof
sed '/^$/,$d' note >text; sed '1,/^$/d' note >signatures; sn=$(sed -n 2p text); number "$fn"; number "$sn"
! grep -qv '^— [^ +][^ +]* [^ ][^ ]*$' signatures && [ -s signatures ] && [ "$fn" -lt "$sn" ] || end 23 "$bad the checkpoint"
while IFS= read -r line; do
  bytes "${line##* }"; [ "$(head -c4 b | od -An -tx1 | tr -d ' ')" = "$id" ] || continue
  [ "$line" != "— $name ${line##* }" ] || { signed=$((signed + 1)); tail -c+5 b >signature; }
done <signatures
[ "$(sed -n 1p text)" = "$name" ] && [ $signed != 0 ] || end 21 'the proof is for another log or by another key'
[ $signed = 1 ] && openssl pkeyutl -verify -rawin -in text -sigfile signature -pubin -keyform DER -inkey der >e 2>&1 ||
  end 23 "$bad the signature"
hash '\000' statement /dev/null; sn=$((sn - 1)); for line in $path; do
  bytes "$line"; mv b p; [ "$(wc -c <p)" = 32 ] && [ $sn != 0 ] || end 23 "$bad the path"
  if [ $((fn & 1)) = 0 ] && [ $fn != $sn ]; then hash '\001' h p; else hash '\001' p h
    while [ $((fn & 1)) = 0 ] && [ $fn != 0 ]; do fn=$((fn >> 1)); sn=$((sn >> 1)); done; fi
  fn=$((fn >> 1)); sn=$((sn >> 1)); done
[ $sn = 0 ] && [ "$(base64 -w0 <h)" = "$(sed -n 3p text)" ] || end 23 "$bad the path leads elsewhere"
[ "$(sed -n 1p statement)" = 'simars/pernyataan@v1' ] || end 23 "$bad a statement of another version"
content=$(sed -n '6s/^konten //p' statement); case $content in "$file "*) ;; sha256:*) end 20 'not the file of this proof';;
  *) end 23 'the document is not public: its nonce is needed, which this script cannot use';; esac
case $(sed -n 2p statement) in *' cabut' | *' daftar') end 10 'genuine, but not published';; *' musnah') end 11 'destroyed since';; esac
echo "genuine, $(sed -n 9p statement); whether it is in force is not told by this proof"
