# SPDX-License-Identifier: Apache-2.0
# All figures -> the goals. $all: a goal whose figures are missing is named, and missed.
def device($name): .["naru_device_" + $name].cpu_us;
def worst: map(select(. != null)) | if length == 0 then null else min end;
def over($case; $name): if .[$case] and device($name) then .[$case].cpu_us / device($name) else null end;
# Of both pairs of suites the one that is less favourable to naru; both must be there.
def rtpengine($bytes): [over("rtpengine_cm_" + $bytes; "cm_" + $bytes), over("rtpengine_gcm_" + $bytes; "gcm_" + $bytes)]
    | if any(. == null) then null else worst end;
# Janus at its best.
def janus: [.janus_1100, .janus_loop_1100 | select(. != null) | .cpu_us] | worst;
def rounded: if . == null then null else (. * 100 | round / 100) end;

{ rtpengine_1100: {value: rtpengine("1100"), goal: 16},
  rtpengine_160: {value: rtpengine("160"), goal: 26},
  janus_fanout50: {value: (if janus and device("fanout50_1100") then janus / device("fanout50_1100") else null end), goal: 28},
  veth_over_rtpengine: {value: (if .naru_veth_cm_1100 and .rtpengine_cm_1100 then .naru_veth_cm_1100.rate / .rtpengine_cm_1100.rate
                               else null end), goal: 2.5} }
| with_entries(.value.value |= rounded | .value.ok = (.value.value != null and .value.value >= .value.goal))
| if $all then . else with_entries(select(.value.value != null)) end
