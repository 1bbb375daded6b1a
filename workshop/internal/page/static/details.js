// Everything that is known of one span.

import { h, copyButton, short } from './dom.js';
import { colorOf } from './colors.js';
import { duration } from './time.js';

/** @param {Row} row @param {Trace} trace @param {Source} source where links to other traces are looked up @param {() => void} close */
export function details(row, trace, source, close) {
  const lacks = row.lacks ?? [];
  return h('aside', { class: 'details', 'aria-label': `Span ${row.name}` },
    h('header', {},
      h('h2', {}, row.name || '(no name)'),
      h('button', { type: 'button', class: 'plain', onclick: close, 'aria-label': 'Close the details', title: 'Close (Esc)' }, '×')),
    row.mark && h('p', { class: `says ${row.mark}` }, row.says ?? ''),
    row.error && h('p', { class: 'bad' }, '✗ error', row.reason ? `: ${row.reason}` : ', no description'),
    row.skew ? h('p', { class: 'says' }, `It begins ${duration(row.skew)} before its parent: the clocks of the two services differ by at least that.`) : null,
    lacks.length > 0 && h('section', {},
      h('h3', {}, 'What it lacks'),
      h('ul', { class: 'lacks' }, lacks.map(lack => h('li', {}, `${lack.what} `, h('code', {}, lack.name))))),
    facts(row, trace),
    attributes('Attributes', row.attributes),
    events(row),
    links(row, source),
    attributes('Resource', row.resource));
}

/** @param {Row} row @param {Trace} trace */
function facts(row, trace) {
  /** @type {[string, Node | string | false | undefined][]} */
  const list = [
    ['Service', row.service !== '' && h('span', {}, h('i', { class: `dot ${colorOf(row.service)}` }), row.service)],
    ['Kind', row.kind],
    ['Starts', `${duration(row.start)} after the trace`],
    ['Takes', row.duration < 0 ? `${duration(row.duration)}: the clock was turned back` : duration(row.duration)],
    ['Status', row.status && row.status !== 'unset' ? row.status : ''],
    ['Scope', row.scope],
    ['Tracestate', row.traceState && h('code', {}, row.traceState)],
    ['Span ID', row.mark !== 'ghost' && h('span', {}, h('code', {}, row.id), copyButton(row.id, 'the span ID'))],
    ['Trace ID', h('span', {}, h('code', { title: trace.id }, short(trace.id) + '…'), copyButton(trace.id, 'the trace ID'))],
  ];
  return h('dl', { class: 'facts' }, list.filter(([, value]) => value).map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]).flat());
}

/** @param {string} title @param {List<Attribute>} list */
function attributes(title, list) {
  if (!list?.length) return null;
  return h('section', {}, h('h3', {}, title), table(list));
}

/** @param {Attribute[]} list */
const table = (list) => h('table', { class: 'attributes' }, h('tbody', {}, list.map(a => h('tr', {},
  h('th', { scope: 'row' }, a.key.split('.').flatMap((word, i) => i === 0 ? [word] : [h('wbr'), `.${word}`])), // breaks at its dots
  h('td', { class: `is-${a.type}` }, a.value),
  h('td', { class: 'type' }, a.type)))));

/** @param {Row} row */
function events(row) {
  if (!row.events?.length) return null;
  const length = Math.max(row.duration, 1);
  return h('section', {}, h('h3', {}, 'Events'),
    h('div', { class: 'moments', 'aria-hidden': 'true' }, row.events.map(event => h('i', {
      class: event.name === 'exception' ? 'bad' : '', title: event.name,
      style: { left: `${Math.min(100, Math.max(0, (event.at - row.start) / length * 100))}%` },
    }))),
    h('ol', { class: 'events' }, row.events.map(event => h('li', {},
      h('p', {}, h('b', {}, event.name), ` +${duration(event.at - row.start)}`),
      event.attributes?.length ? table(event.attributes) : null))));
}

/** @param {Row} row @param {Source} source */
function links(row, source) {
  if (!row.links?.length) return null;
  return h('section', {}, h('h3', {}, 'Links'),
    h('ul', {}, row.links.map(link => h('li', {},
      h('a', { href: `#/trace/${source}/${encodeURIComponent(link.trace)}?span=${encodeURIComponent(link.span)}` },
        `span ${short(link.span)} of trace ${short(link.trace)}…`),
      link.attributes?.length ? table(link.attributes) : null))));
}
