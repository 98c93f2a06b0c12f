# SPDX-License-Identifier: Apache-2.0
# All figures -> a table for people: CPU-us per packet that came out, at the highest rate without loss, and how many
# times that of naru's fan-out or relay without a kernel, where the same packets were sent.
def pad($n): tostring | . + (" " * ([$n - length, 1] | max));
def two: . * 100 | round / 100;
def suite: sub("AES_CM_128_HMAC_"; "") | sub("AEAD_AES_"; "GCM_") | sub("_GCM$"; "") | ascii_downcase;
def note: if .cycles then "\(.cycles | round) cycles" elif .generator_limited then "the generator was the limit"
    elif .server == "naru" or .server == "naru, memif" then "whole core" else "" end;

. as $all
| ("case" | pad(27)) + ("suites" | pad(20)) + ("payload" | pad(9)) + ("copies" | pad(8)) + ("packets/s" | pad(11)) +
  ("CPU-us" | pad(8)) + ("x naru" | pad(8)),
  (to_entries[] | .key as $name | .value
   | ($name | sub("^(rtpengine|janus_loop|janus|forwarder|naru_veth|naru_memif|naru_device)_"; "")) as $what
   | (if $name | startswith("janus") then $all.naru_device_fanout50_1100
      else $all["naru_device_" + $what] // $all["naru_device_cm_" + $what] end).cpu_us as $own
   | ($name | pad(27)) + ("\(.in | suite) -> \(.out | suite)" | pad(20)) + ("\(.payload) B" | pad(9)) + (.copies | pad(8)) +
     (.rate | round | pad(11)) + (.cpu_us | two | pad(8)) + ((if $own then .cpu_us / $own | two else "" end) | pad(8)) + note)
