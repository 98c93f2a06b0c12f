// SPDX-License-Identifier: Apache-2.0
// Tables and figures out of plain values. A column is {title, value(row), text?: true for left-aligned words}.

export const count = (value) => value.toLocaleString('en');

export function bytes(value) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit ? value.toFixed(1) : value} ${units[unit]}`;
}

export function duration(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

// From `high` on it is shown as a warning.
export function meter(ratio, high = 1) {
  const element = document.createElement('meter');
  Object.assign(element, { min: 0, max: 1, high, value: ratio });
  const box = document.createElement('span');
  box.append(element, ` ${Math.round(ratio * 100)} %`);
  return box;
}

export function badge(text, kind) {
  const element = document.createElement('span');
  element.className = 'badge';
  element.dataset.kind = kind;
  element.textContent = text;
  return element;
}

export function table(element, columns, rows) {
  if (rows.length === 0) {
    const line = document.createElement('tr');
    line.append(cell('td', element.dataset.empty, 'text'));
    element.replaceChildren(line);
    return;
  }
  const head = document.createElement('tr');
  head.append(...columns.map(({ title, text }) => cell('th', title, text && 'text')));
  const body = rows.map((row) => {
    const line = document.createElement('tr');
    line.append(...columns.map(({ value, text }) => cell('td', value(row), text && 'text')));
    return line;
  });
  element.replaceChildren(head, ...body);
}

export function figures(element, pairs) {
  element.replaceChildren(...pairs.map(([title, value]) => {
    const box = document.createElement('div');
    box.append(cell('dt', title), cell('dd', value));
    return box;
  }));
}

function cell(tag, content, className) {
  const element = document.createElement(tag);
  element.append(content instanceof Node ? content : String(content ?? '–'));
  if (className) element.className = className;
  return element;
}
