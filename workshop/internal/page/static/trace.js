// One trace, and two side by side.

import * as api from './api.js';
import { h, amount, empty, places } from './dom.js';
import { colorOf } from './colors.js';
import { duration } from './time.js';
import { keys, timeline } from './timeline.js';

const homes = { live: 'What arrives', jaeger: 'What Jaeger holds' };
/** @param {Source} source */
const home = (source) => h('nav', { class: 'back', 'aria-label': 'Back' }, h('a', { href: places[source] }, `← ${homes[source]}`));

/** @param {Route} route @param {App} app @returns {Promise<View>} */
export async function trace(route, app) {
  const source = /** @type {Source} */ (route.parts[0]);
  const id = route.parts[1] ?? '';
  const drawn = timeline(await api.getTrace(source, id), { source, changed: app.address });
  const element = h('div', { class: 'one-trace' }, home(source), drawn.element);
  return {
    element, keys,
    go(next) {
      if (next.view !== 'trace' || next.parts[0] !== source || next.parts[1] !== id) return false;
      drawn.show(next.query);
      return true;
    },
    shown() { drawn.show(route.query); drawn.focus(); },
    key(event) {
      if (event.key === 'Escape' && !element.querySelector('.opened')) location.hash = places[source];
      else drawn.key(event);
    },
  };
}

/** @param {Route} route @returns {Promise<View>} */
export async function compare(route) {
  const source = /** @type {Source} */ (route.parts[0]);
  const [a, b] = await Promise.all([api.getTrace(source, route.parts[1]), api.getTrace(source, route.parts[2])]);
  const until = Math.max(a.duration, b.duration);
  const rows = differences(a, b);
  const different = rows.filter(row => row.a.spans !== row.b.spans || row.a.errors !== row.b.errors).length;
  const element = h('div', { class: 'compare' }, home(source), h('h1', {}, 'Two traces compared'),
    h('p', { class: 'quiet' }, `Both are drawn on one axis of ${duration(until)}.`),
    h('div', { class: 'two' }, timeline(a, { source, until, label: 'A' }).element, timeline(b, { source, until, label: 'B' }).element),
    h('h2', {}, 'What differs'),
    different === 0 ? empty('Both have the same spans and errors, as many of each: look at their durations, and at the attributes of their spans.') : null,
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'What differs' }, h('table', { class: 'numbers' },
      h('thead', {}, h('tr', {}, ['Service', 'Operation', 'Spans A', 'Spans B', 'Time A', 'Time B', 'B takes'].map(name => h('th', { scope: 'col' }, name)))),
      h('tbody', {}, rows.map(row => h('tr', { class: row.a.spans === row.b.spans && row.a.errors === row.b.errors ? '' : 'differs' },
        h('td', {}, h('i', { class: `dot ${colorOf(row.service)}` }), row.service), h('th', { scope: 'row' }, row.name),
        cell(row.a), cell(row.b),
        h('td', {}, row.a.spans ? duration(row.a.time) : ''), h('td', {}, row.b.spans ? duration(row.b.time) : ''),
        h('td', {}, row.a.spans === 0 ? 'only in B' : row.b.spans === 0 ? 'only in A' : change(row.b.time - row.a.time))))))));
  return { element, keys };
}

/** @param {number} ns */
const change = (ns) => ns === 0 ? 'the same' : duration(Math.abs(ns)) + (ns > 0 ? ' more' : ' less');

/** @param {{spans: number, errors: number}} one */
const cell = (one) => h('td', {}, one.spans, one.errors > 0 && h('span', { class: 'bad' }, ` ✗ ${amount(one.errors, 'error')}`));

/** What each has of each operation, the greatest difference in time first. @param {Trace} a @param {Trace} b */
function differences(a, b) {
  const none = () => ({ spans: 0, errors: 0, time: 0 });
  const by = /** @type {Map<string, {service: string, name: string, a: ReturnType<none>, b: ReturnType<none>}>} */ (new Map());
  for (const side of /** @type {('a' | 'b')[]} */ (['a', 'b'])) {
    for (const row of (side === 'a' ? a : b).rows ?? []) {
      if (row.mark) continue;
      const key = JSON.stringify([row.service, row.name]);
      const entry = by.get(key) ?? { service: row.service, name: row.name, a: none(), b: none() };
      by.set(key, entry);
      entry[side].spans++;
      entry[side].time += row.duration;
      if (row.error) entry[side].errors++;
    }
  }
  return [...by.values()].sort((x, y) => Math.abs(y.b.time - y.a.time) - Math.abs(x.b.time - x.a.time));
}
