# SPDX-License-Identifier: Apache-2.0
# Sourced by quickstart.sh: the configuration of the gateway.
set -euo pipefail

first_port=16384
port_count=16384

device_of() {
    case $1 in
    af_xdp) echo "net_af_xdp0,iface=$interface,busy_budget=0" ;;
    # Memory of its ring: framecnt frames of 2 KiB each way.
    af_packet) echo "net_af_packet0,iface=$interface,framecnt=4096,blocksz=65536" ;;
    tap) echo "net_tap0,iface=$interface,mac=02:6e:61:72:75:01" ;; # else another one at each start
    esac
}

embedded_port() {
    cat <<YAML
  # The embedded device: the kernel's side of it is the gateway.
  - device: $(device_of "$1")
    addresses: [$address4/30${address6:+, $address6/64}]
    gateway: $gateway4
    ${gateway6:+gateway6: $gateway6}
YAML
}

http_section() {
    if [ -n "$lan" ]; then
        cat <<YAML
http:
  listen: '$lan_listen'
  port: $http_port
  tokens: [$token]
  tls:
    certificate: $state/certificate.pem
    key: $state/key.pem
YAML
    else
        printf 'http:\n  listen: 127.0.0.1\n  port: %s\n' "$http_port"
    fi
}

write_config() {
    {
        cat <<YAML
# Written by deploy/quickstart.sh; deploy/config/naru.yaml explains every key.
gateway:
  run-directory: $run
  workers: $workers
  idle: adaptive
shards:
  first-port: $first_port
$(http_section)
ports:
$(embedded_port "$1")
YAML
        [ -z "$lan" ] || lan_port
    } >"$state/naru.yaml"
    set_urls
}

set_urls() {
    base_url=http://127.0.0.1:$http_port
    demo_url=$base_url/demo/
    [ -z "$lan" ] || base_url=https://127.0.0.1:$http_port
    [ -z "$lan" ] || demo_url="https://$lan_host:$http_port/demo/#token=$token"
    remember base_url "$base_url"
    remember demo_url "$demo_url"
}
