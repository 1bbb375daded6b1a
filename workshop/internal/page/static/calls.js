// Who calls whom: services from left to right, and the same as a table.

import * as api from './api.js';
import { h, amount, empty, svg } from './dom.js';
import { colorOf } from './colors.js';

/** @param {Route} route @returns {Promise<View>} */
export async function calls(route) {
  const source = /** @type {Source} */ (route.parts[0]);
  const { calls, graph } = await api.getCalls(source, route.query);
  const back = `#/${source}${route.query.size > 0 ? `?${route.query}` : ''}`;
  return {
    element: h('div', { class: 'calls' }, h('nav', { class: 'back', 'aria-label': 'Back' }, h('a', { href: back }, '← The traces')),
      h('h1', {}, 'Who calls whom'),
      conditions('calls', route),
      !calls?.length ? empty('No call is known yet: send your services a request, and look again.') : [draw(graph), table(calls, source)]),
  };
}

/** Says what is counted. @param {'calls' | 'spans'} what @param {Route} route */
export function conditions(what, { parts, query }) {
  const rest = [...query].filter(([key]) => key !== 'errors' && key !== 'limit');
  return h('p', { class: 'quiet' }, `These are ${query.has('errors') ? `only ${what} that failed` : `all ${what}`}${rest.map(([key, value]) => `, ${key} ${value}`).join('')}. `,
    query.has('errors') && h('a', { href: `#/${what}/${parts[0]}?${new URLSearchParams(rest)}` }, 'With those that went well'));
}

/** @param {Call[]} list @param {Source} source */
function table(list, source) {
  const share = (/** @type {number} */ n, /** @type {Call} */ call) => h('td', { class: n > 0 ? 'bad' : '' }, n > 0 ? `✗ ${n} (${Math.round(100 * n / call.calls)} %)` : 0);
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Calls' }, h('table', { class: 'numbers' },
    h('thead', {}, h('tr', {}, ['Caller', 'Service', 'Operation', 'Calls', 'Traces', 'Per trace', 'Errors', 'Began here'].map(name => h('th', { scope: 'col' }, name)))),
    h('tbody', {}, list.map(call => h('tr', {},
      h('td', {}, call.caller || 'from outside'), h('td', {}, h('i', { class: `dot ${colorOf(call.service)}` }), call.service),
      h('th', { scope: 'row' }, h('a', { href: `#/${source}?${new URLSearchParams({ service: call.service, operation: call.operation })}` }, call.operation)),
      h('td', {}, call.calls), h('td', {}, call.traces), h('td', {}, Number((call.calls / call.traces).toFixed(1))), share(call.errors, call), share(call.began, call))))));
}

/** What there is room for. @param {string} name */
const shown = (name) => name === '' ? 'outside' : name.length > 22 ? name.slice(0, 21) + '…' : name;

/** @param {Graph} graph */
function draw({ nodes, edges: all }) {
  const layer = new Map(nodes.map(node => [node.name, node.column])), names = [...layer.keys()];
  const box = { height: 52, right: 120, below: 44 };
  /** @type {Map<string, {x: number, y: number, width: number}>} */
  const at = new Map(), columns = /** @type {string[][]} */ ([]);
  for (const name of names) (columns[layer.get(name) ?? 0] ??= []).push(name);
  // A call that passes columns has a lane in each of them, beside the boxes.
  const lanes = all.map(edge => columns.map((_, i) => i).slice((layer.get(edge.from) ?? 0) + 1, layer.get(edge.to)).map(i => ({ column: i, key: JSON.stringify([i, edge.from, edge.to]) })));
  for (const { column, key } of lanes.flat()) columns[column].push(key);
  const tallest = Math.max(...columns.map(column => column.length)) * (box.height + box.below);
  let x = 4; // where the next column begins
  for (const column of columns) {
    const width = 40 + 11 * Math.max(...column.map(name => layer.has(name) ? shown(name).length : 0));
    column.forEach((name, i) => at.set(name, { x, y: (i + 0.5) * tallest / column.length - box.height / 2 + 10, width }));
    x += width + box.right;
  }
  const busiest = Math.max(...all.map(edge => edge.calls));
  const lines = all.map((edge, i) => {
    const a = at.get(edge.from), b = at.get(edge.to);
    if (!a || !b) return [];
    const y1 = a.y + box.height / 2, y2 = b.y + box.height / 2, ahead = b.x > a.x;
    const start = a.x + a.width, end = ahead ? b.x : b.x + b.width;
    const bend = ahead ? (end - start) / 2 : 60;
    const label = `${edge.calls.toLocaleString('en')}${edge.errors > 0 ? ` ✗${edge.errors.toLocaleString('en')}` : ''}`;
    const t = ahead ? 0.62 : 0.5; // close to where it is called, where few lines cross
    const curve = (/** @type {number} */ p0, /** @type {number} */ p1, /** @type {number} */ p2, /** @type {number} */ p3) =>
      (1 - t) ** 3 * p0 + 3 * (1 - t) ** 2 * t * p1 + 3 * (1 - t) * t * t * p2 + t ** 3 * p3;
    const x2 = ahead ? end - bend : end + bend, loop = a === b ? 26 : 0;
    const around = end < start && a !== b ? box.height + 50 : 0; // the boxes that it goes back past
    const through = lanes[i].flatMap(({ key }) => { const { x = 0, y = 0, width = 0 } = at.get(key) ?? {}; return [[x, y + box.height / 2], [x + width, y + box.height / 2]]; });
    const first = through[0] ?? [0, 0], half = box.right / 2, points = [[start, y1], ...through, [end - 9, y2]];
    const path = through.length > 0
      ? `M${start} ${y1}` + points.slice(1).map(([px, py], n) => n % 2 === 1 ? `L${px} ${py}` : `C${points[n][0] + half} ${points[n][1]} ${px - half} ${py} ${px} ${py}`).join('')
      : `M${start} ${y1 - loop / 2}C${start + bend} ${y1 - loop + around} ${x2} ${y2 + loop + around} ${end + (ahead ? -9 : 9)} ${y2 + loop / 2}`;
    const bad = edge.errors > 0 ? ' bad' : '';
    return [svg('path', { class: `call${bad}`, 'stroke-width': 1.5 + 4 * edge.calls / busiest, d: path, 'marker-end': 'url(#arrow)' }),
      svg('text', { class: `count${bad}`, 'text-anchor': 'middle', x: through.length > 0 ? (first[0] + through[1][0]) / 2 : curve(start, start + bend, x2, end),
        y: (through.length > 0 ? first[1] : curve(y1, y1 + around, y2 + around, y2)) - 6 }, label)];
  });
  const boxes = names.map(name => {
    const { x, y, width } = at.get(name) ?? { x: 0, y: 0, width: 0 };
    return svg('g', { class: `box ${colorOf(name)}` },
      svg('title', {}, name), svg('rect', { x, y, width, height: box.height, rx: 8 }), svg('rect', { class: 'edge', x, y, width: 10, height: box.height, rx: 4 }),
      svg('text', { x: x + width / 2 + 5, y: y + box.height / 2 + 6, 'text-anchor': 'middle' }, shown(name)));
  });
  const failed = all.reduce((sum, edge) => sum + edge.errors, 0);
  return h('div', { class: 'scroll graph', tabindex: 0, role: 'region', 'aria-label': 'Graph of the calls' },
    svg('svg', { width: x - box.right + 4, height: tallest + 60, role: 'img', 'aria-label': `${amount(names.filter(Boolean).length, 'service')}, ${amount(failed, 'call')} with an error; the table holds the same` },
      svg('defs', {}, svg('marker', { id: 'arrow', viewBox: '0 0 10 10', refX: 5, refY: 5, markerWidth: 14, markerHeight: 14, markerUnits: 'userSpaceOnUse', orient: 'auto' }, svg('path', { d: 'M0 0L10 5L0 10z' }))),
      lines.map(([line]) => line), boxes, lines.map(([, label]) => label)));
}
