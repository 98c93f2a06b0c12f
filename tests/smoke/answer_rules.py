#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether an answer fits its offer: usage: answer_rules.py OFFER ANSWER. Prints what does not; exit status 1 if anything."""
import re
import sys


def parse(path):
    """(session attributes, [(m-line fields, attributes)]): attributes as (name, value)."""
    head, sections = [], []
    for line in open(path, newline='').read().replace('\r\n', '\n').split('\n'):
        if line.startswith('m='):
            sections.append((line[2:].split(), []))
        elif line.startswith('a='):
            name, _, value = line[2:].partition(':')
            (sections[-1][1] if sections else head).append((name, value))
    return head, sections


def values(attributes, name):
    return [value for key, value in attributes if key == name]


def direction(attributes, default='sendrecv'):
    return next((name for name, _ in attributes if name in ('sendrecv', 'sendonly', 'recvonly', 'inactive')), default)


def judge_section(offered, answered, head, complain):
    (fields, ours), (their_fields, theirs) = answered, offered
    taken = set(fields[3:])
    if not taken <= set(their_fields[3:]):
        complain(f'payload types {taken - set(their_fields[3:])} were not offered (RFC 3264 6.1)')
    maps = {value.split()[0].split('/')[0]: value.split()[1] for value in values(theirs, 'extmap')}
    for value in values(ours, 'extmap'):
        number, uri = value.split()[:2]
        if maps.get(number.split('/')[0]) != uri:
            complain(f'extmap {value} was not offered in this section (RFC 8285 6)')
    wanted = {'sendonly': {'recvonly', 'inactive'}, 'recvonly': {'sendonly', 'inactive'}}.get(direction(theirs))
    if wanted and direction(ours) not in wanted:
        complain(f'{direction(ours)} answers {direction(theirs)} (RFC 3264 6.1)')
    for name in ('rtcp-mux', 'ice-ufrag', 'ice-pwd', 'fingerprint', 'setup'):
        if not values(ours, name) and not values(head, name):
            complain(f'no a={name}')
    setup = (values(ours, 'setup') or values(head, 'setup') or [''])[0]
    if setup not in ('active', 'passive'):
        complain(f'a=setup:{setup} (RFC 8842 5.3)')
    if values(ours, 'bundle-only'):
        complain('a=bundle-only in an answer (RFC 8843 6)')


def judge(offer, answer):
    problems = []
    head, sections = answer
    if len(sections) != len(offer[1]):
        return [f'{len(sections)} sections for {len(offer[1])} (RFC 3264 6)']
    accepted = []
    for index, (offered, answered) in enumerate(zip(offer[1], sections)):
        def complain(text):
            problems.append(f'section {index}: {text}')
        if answered[0][0] != offered[0][0] or answered[0][2] != offered[0][2]:
            complain(f'{answered[0]} answers {offered[0]} (RFC 3264 6)')
        if values(answered[1], 'mid') != values(offered[1], 'mid'):
            complain('another mid (RFC 9143 7.3)')
        if answered[0][1] == '0':
            continue
        if offered[0][0] == 'application':
            complain('data channels are not served')
        accepted += values(answered[1], 'mid')
        judge_section(offered, answered, head, complain)
    bundle = [value.split()[1:] for value in values(head, 'group') if value.startswith('BUNDLE')]
    if accepted and bundle != [accepted]:
        problems.append(f'BUNDLE {bundle} where {accepted} are accepted (RFC 9143 7.3)')
    if 'ice-lite' not in dict(head):
        problems.append('no a=ice-lite (RFC 8839 5.3)')
    if not any(re.match(r'\S+ 1 udp ', value, re.I) for section in sections for value in values(section[1], 'candidate')):
        problems.append('no candidate')
    if not accepted:
        problems.append('nothing is accepted')
    return problems


problems = judge(parse(sys.argv[1]), parse(sys.argv[2]))
print('\n'.join('        | ' + problem for problem in problems), end='\n' if problems else '')
sys.exit(bool(problems))
