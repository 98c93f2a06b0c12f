// SPDX-License-Identifier: Apache-2.0
// Before each file of former_release_test: a release in which every record has grown by a field.
#pragma once

#define TABLES_REVISION 5u
#define TABLES_SPARE(bytes)                                                                                            \
    uint64_t grown;                                                                                                    \
    uint8_t spare[(bytes)-8]
