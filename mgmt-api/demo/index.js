// SPDX-License-Identifier: Apache-2.0
import { element, linkTo, room } from './page.js';

const name = element('name');
name.value = room;

function go(page) {
  if (name.reportValidity()) location.href = linkTo(page, name.value);
}

element('choose').addEventListener('submit', (event) => {
  event.preventDefault();
  go(event.submitter.value);
});
element('console').href = `/${location.hash}`;
