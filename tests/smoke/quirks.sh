#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 60
# What real clients send: their offers over HTTP, and their ClientHellos, which come in pieces, behind an ICE check.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"
here=$(dirname "$(readlink -f "$0")")
[ -d "$corpora/offers" ] || skip "no offers below $corpora"

# PATH FILE [STATUS]: posts the offer; the answer must fit it.
post_file() {
    local path=$1 file=$2 wanted=${3:-201} code
    code=$(curl -s -o "$work/answer" -D "$work/head" -w '%{http_code}' -H 'Content-Type: application/sdp' \
        -H 'Origin: https://page.example' --data-binary "@$file" "$http$path")
    check_is "$(basename "$file") to ${path%/*}: $wanted" "$code" "$wanted"
    [[ $code != 201 ]] || check '  its answer keeps the rules' python3 "$here/answer_rules.py" "$file" "$work/answer"
    [[ $code != 4* ]] || check '  it says why' fulfils '.detail | length > 5' cat "$work/answer"
}

delete_all() {
    local path
    for path in $(ctl --json peers | jq -r '.peers[] | "/\(if .role == "publisher" then "whip" else "whep" end)/\(.room)/\(.id)"'); do
        curl -s -o "$work/deleted" -X DELETE "$http$path"
    done
}

start_gateway
for file in "$corpora"/offers/*-publish*.sdp; do
    post_file "/whip/$(basename "$file" .sdp)" "$file"
done
check 'a page may read Location and ETag' grep -qiE '^Access-Control-Expose-Headers: .*Location.*ETag' "$work/head"
for file in "$corpora"/offers/*-play.sdp; do
    for room in chromium-publish "$(basename "${file/play/publish}" .sdp)"; do
        post_file "/whep/$room" "$file"
    done
done
for file in "$corpora"/offers/*-dc.sdp; do
    post_file "/whip/data" "$file" 422
    post_file /whep/chromium-publish "$file" 422
done
check 'm=video 0 with a=bundle-only is no rejection' grep -q '^m=video [1-9]' <(curl -s -H 'Content-Type: application/sdp' \
    --data-binary "@$corpora/offers/firefox-publish.sdp" "$http/whip/bundle-only")
delete_all
check_nobody_left

offer sendonly >"$work/offer"
python3 "$here/hello_replay.py" "$corpora/offers/clienthello.pcap" "$http/whip/hello" "$work/offer" >"$work/hellos"
check 'four clients sent a ClientHello' [ "$(grep -c as-sent "$work/hellos")" = 4 ]
check 'three of them in two datagrams' [ "$(grep -c 'as-sent 2' "$work/hellos")" = 3 ]
while read -r client order count answer version profile; do
    case $order in
    unchecked) check_is "ClientHello $client without an ICE check" "$answer" none ;;
    *) check "ClientHello $client, $count datagrams $order: $answer $version, SRTP profile $profile" \
        [ "$answer $version" = 'ServerHello fefd' -a "$profile" != none ] ;;
    esac
done <"$work/hellos"
delete_all
check_nobody_left
check_accounts
stop_gateway
finish
