// SPDX-License-Identifier: Apache-2.0
// Shares a NIC and its addresses with the kernel: UDP to naru's port block goes to the AF_XDP socket of the queue,
// everything else to the kernel. Built for one host with
//   clang -O2 -g -target bpf -DFIRST_PORT=16384 -DPORT_COUNT=16384 -DADDRESS4=0xc0000202 -DADDRESS6=0xfd..,0x.. -c
// ADDRESS4: addresses as numbers; ADDRESS6: four 32-bit words each. Either may be left out.
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#ifndef ADDRESS4
#define ADDRESS4
#endif
#ifndef ADDRESS6
#define ADDRESS6
#endif
#define MAX_QUEUES 64
#define FRAGMENT   0x3fff // the flag "more fragments", and the offset

// DPDK looks for this name.
struct {
    __uint(type, BPF_MAP_TYPE_XSKMAP);
    __uint(max_entries, MAX_QUEUES);
    __type(key, __u32);
    __type(value, __u32);
} xsks_map SEC(".maps");

static const __u32 own4[] = {ADDRESS4};
static const __u32 own6[] = {ADDRESS6};
#define COUNT4 (sizeof(own4) / sizeof(own4[0]))
#define COUNT6 (sizeof(own6) / sizeof(own6[0]) / 4)

static __always_inline int is_own4(__be32 address)
{
#pragma unroll
    for (unsigned i = 0; i < COUNT4; i++)
        if (address == bpf_htonl(own4[i]))
            return 1;
    return 0;
}

static __always_inline int is_own6(const struct in6_addr *address)
{
#pragma unroll
    for (unsigned i = 0; i < COUNT6; i++) {
        const __u32 *own = &own6[4 * i];
        if (address->in6_u.u6_addr32[0] == bpf_htonl(own[0]) && address->in6_u.u6_addr32[1] == bpf_htonl(own[1]) &&
            address->in6_u.u6_addr32[2] == bpf_htonl(own[2]) && address->in6_u.u6_addr32[3] == bpf_htonl(own[3]))
            return 1;
    }
    return 0;
}

// The UDP header of a packet to one of the addresses, or NULL. Fragments stay with the kernel, which can put them
// together.
static __always_inline void *udp_of_ip4(void *data, void *end)
{
    struct iphdr *ip = data;
    if ((void *)(ip + 1) > end || ip->protocol != IPPROTO_UDP || ip->frag_off & bpf_htons(FRAGMENT) ||
        !is_own4(ip->daddr))
        return 0;
    return data + ip->ihl * 4;
}

static __always_inline void *udp_of_ip6(void *data, void *end)
{
    struct ipv6hdr *ip = data;
    if ((void *)(ip + 1) > end || ip->nexthdr != IPPROTO_UDP || !is_own6(&ip->daddr))
        return 0;
    return ip + 1;
}

static __always_inline int is_shared_port(const struct udphdr *udp)
{
    return (__u16)(bpf_ntohs(udp->dest) - FIRST_PORT) < PORT_COUNT;
}

SEC("xdp")
int share_ports(struct xdp_md *context)
{
    void *data = (void *)(long)context->data, *end = (void *)(long)context->data_end;
    struct ethhdr *ethernet = data;
    struct udphdr *udp = 0;
    if ((void *)(ethernet + 1) > end)
        return XDP_PASS;
    if (ethernet->h_proto == bpf_htons(ETH_P_IP))
        udp = udp_of_ip4(ethernet + 1, end);
    else if (ethernet->h_proto == bpf_htons(ETH_P_IPV6))
        udp = udp_of_ip6(ethernet + 1, end);
    if (!udp || (void *)(udp + 1) > end || !is_shared_port(udp))
        return XDP_PASS;
    // Without a socket on this queue: to the kernel.
    return bpf_redirect_map(&xsks_map, context->rx_queue_index, XDP_PASS);
}

char program_license[] SEC("license") = "Apache-2.0";
