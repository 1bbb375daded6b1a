// The spans that are wanted, a line each, to be compared with one another.

import * as api from './api.js';
import { h, amount, empty } from './dom.js';
import { conditions } from './calls.js';
import { colorOf } from './colors.js';
import { duration } from './time.js';

/** @param {Route} route @returns {Promise<View>} */
export async function spans(route) {
  const source = /** @type {Source} */ (route.parts[0]);
  const list = await api.getSpans(source, route.query);
  const all = list.spans ?? [];
  return { element: h('div', { class: 'calls' }, h('nav', { class: 'back', 'aria-label': 'Back' }, h('a', { href: `#/${source}?${route.query}` }, '← The traces')),
    h('h1', {}, amount(all.length, 'span') + (list.of > all.length ? ` of ${list.of.toLocaleString('en')}` : '')), conditions('spans', route),
    all.length === 0 ? empty('No span is like that: take away a condition, or make it wider.') : h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Spans' }, h('table', { class: 'numbers' },
      h('thead', {}, h('tr', {}, ['Span', 'Caller', 'Takes', 'Events', 'Attributes'].map(name => h('th', { scope: 'col' }, name)))),
      h('tbody', {}, all.map(span => h('tr', {},
        h('th', { scope: 'row' }, h('i', { class: `dot ${colorOf(span.service)}` }), h('a', { href: `#/trace/${source}/${span.trace}?span=${span.id}` }, `${span.service} ${span.operation}`)),
        h('td', {}, span.caller), h('td', { class: span.error ? 'bad' : '' }, `${span.error ? '✗ ' : ''}${duration(span.duration)}`), h('td', {}, (span.events ?? []).join(', ')),
        h('td', {}, (span.attributes ?? []).map(a => h('div', {}, `${a.key} = `, h('b', {}, a.value)))))))))) };
}
