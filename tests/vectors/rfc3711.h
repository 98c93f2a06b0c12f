// SPDX-License-Identifier: Apache-2.0
// RFC 3711 appendix B.2 (AES-CM keystream) and B.3 (key derivation); RFC 6188 7.4 (the same with 256 bits). Hex
// strings.
#pragma once
#include <stdint.h>

static const char rfc3711_b2_key[] = "2b7e151628aed2a6abf7158809cf4f3c";
static const char rfc3711_b2_salt[] = "f0f1f2f3f4f5f6f7f8f9fafbfcfd";
enum { RFC3711_B2_LENGTH = 1044512 };
static const struct {
    uint32_t counter; // number of the 16-byte block
    const char *keystream;
} rfc3711_b2_blocks[] = {
    {0x0000, "e03ead0935c95e80e166b16dd92b4eb4"}, {0x0001, "d23513162b02d0f72a43a2fe4a5f97ab"},
    {0x0002, "41e95b3bb0a2e8dd477901e4fca894c0"}, {0xfeff, "ec8cdf7398607cb0f2d21675ea9ea1e4"},
    {0xff00, "362b7c3c6773516318a077d7fc5073ae"}, {0xff01, "6a2cc3787889374fbeb4c81b17ba6c44"},
};

static const char rfc3711_b3_master_key[] = "e1f97a0d3e018be0d64fa32c06de4139";
static const char rfc3711_b3_master_salt[] = "0ec675ad498afeebb6960b3aabe6";
static const struct {
    uint8_t label;
    const char *key;
} rfc3711_b3_keys[] = {
    {0, "c61e7a93744f39ee10734afe3ff7a087"},
    {1, "cebe321f6ff7716b6fd4ab49af256a156d38baa48f0a0acf3c34e2359e6cdbcee049646c43d9327ad175578ef7227098"
        "6371c10c9a369ac2f94a8c5fbcdddc256d6e919a48b610ef17c2041e474035766b68642c59bbfc2f34db60dbdfb2"},
    {2, "30cbbc08863d8c85d49db34a9ae1"},
    // The labels of SRTCP: computed, not printed in the RFC.
    {3, "4c1aa45a81f73d61c800bbb00fbb1eaa"},
    {4, "8d54534feb49ae8e7993a6bd0b844fc323a93dfd"},
    {5, "9581c7ad87b3e530bf3e4454a8b3"},
};

static const char rfc6188_master_key[] = "f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6";
static const char rfc6188_master_salt[] = "3b04803de51ee7c96423ab5b78d2";
static const struct {
    uint8_t label;
    const char *key;
} rfc6188_keys[] = {
    {0, "5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4"},
    {1, "fd9c32d39ed5fbb5a9dc96b30818454d1313dc05"},
    {2, "fa31791685ca444a9e07c6c64e93"},
};
