#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A commit's title is "topic: lower-case imperative", at most 72 characters, without a full stop.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
if ! git rev-parse -q --verify HEAD >/dev/null 2>&1; then
    echo "skipped: no commits here"
    exit 77
fi
git log --no-merges --format='%h %s' | awk '
    {
        hash = $1
        title = substr($0, length(hash) + 2)
        problem = ""
        if (length(title) > 72)
            problem = "has " length(title) " characters; at most 72"
        else if (title !~ /^[a-z0-9.][a-z0-9_.\/-]*(, [a-z0-9.][a-z0-9_.\/-]*)*: [a-z]/)
            problem = "is not \"topic: lower-case imperative\""
        else if (title ~ /\.$/)
            problem = "ends with a full stop"
        else if (title ~ /: (adds|added|adding|fixes|fixed|fixing|makes|made|making|removes|removed|uses|used|using|changes|changed|implements|implemented|updates|updated|moves|moved) /)
            problem = "is not in the imperative"
        if (problem != "") {
            print hash ": \"" title "\" " problem
            failed = 1
        }
    }
    END { exit failed }'
