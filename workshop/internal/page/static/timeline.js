// A trace as bars on one axis of time. Only the rows that are seen are elements,
// so that a trace of ten thousand spans opens and scrolls as one of ten.

import { h, amount, copyButton } from './dom.js';
import { colorOf } from './colors.js';
import { details } from './details.js';
import { duration, mark, moment, ticks } from './time.js';

/** @type {[string, string][]} */
export const keys = [
  ['j k ↓ ↑', 'next and previous span'], ['→ ←', 'unfold and fold, or into and out of it'], ['[ ]', 'fold and unfold all'],
  ['Enter', 'open the span'], ['c', 'critical path: what the trace waits for'],
  ['+ − 0', 'zoom in, out, and back'], ['z', 'zoom to the span'], ['Shift → ←', 'move along, when zoomed in'], ['Esc', 'close the span'],
];

const spare = 12; // rows above and below those that are seen
const deepest = 14; // levels that are indented

/** @param {Trace} trace @param {TimelineOptions} [options] */
export function timeline(trace, options = {}) {
  const rows = trace.rows ?? [];
  const whole = Math.max(options.until ?? trace.duration, 1);
  const index = new Map(rows.map((row, i) => [row.id, i]));
  const folded = /** @type {Set<number>} */ (new Set());
  /** @type {number[]} the rows that are not folded away */
  let shown = [];
  /** @type {Map<number, number>} where they are among those */
  let places = new Map();
  const drawn = /** @type {Map<number, HTMLElement>} */ (new Map());
  let active = 0, from = 0, to = whole, critical = false, open = '', height = 36;

  const bars = h('div', { class: 'rows', role: 'rowgroup' });
  const axis = h('div', { class: 'axis', role: 'columnheader', 'aria-label': 'Time after the start', title: 'Drag to zoom in' });
  const grid = h('div', { class: 'grid', 'aria-hidden': 'true' });
  const sheet = h('div', { class: 'sheet', role: 'treegrid', 'aria-label': options.label ?? 'Spans of the trace', 'aria-rowcount': rows.length + 1 },
    h('div', { class: 'head', role: 'row', 'aria-rowindex': 1 },
      h('div', { class: 'label', role: 'columnheader' }, 'Service and span'), axis,
      h('div', { class: 'takes', role: 'columnheader' }, 'Takes')),
    bars);
  const side = h('div', { class: 'side-details' });
  const criticalButton = button('Critical path', 'c', () => set({ critical: critical ? null : '1' }));
  const back = button('Whole trace', '0', () => zoom(0, whole));
  const parents = rows.some((_, i) => parent(i));
  const tools = h('div', { class: 'tools' }, criticalButton,
    parents && button('Fold all', '[', () => foldAll(true)), parents && button('Unfold all', ']', () => foldAll(false)),
    button('+', '+', () => around(0.5), 'Zoom in'), button('−', '-', () => around(2), 'Zoom out'), back);
  const element = h('div', { class: 'timeline', onkeydown: key }, summary(trace, options), tools,
    h('div', { class: 'sheet-and-details' }, sheet, side), legend(rows));
  sheet.addEventListener('scroll', () => draw(), { passive: true });
  new ResizeObserver(() => measure()).observe(sheet);
  dragging(axis, (a, b) => zoom(from + a * (to - from), from + b * (to - from)));
  addEventListener('beforeprint', printed);
  unfold();

  /** @param {number} i */
  function parent(i) { return i + 1 < rows.length && rows[i + 1].depth > rows[i].depth; }

  /** Works out which rows are seen, after something was folded. */
  function unfold() {
    shown = [];
    let hidden = Infinity; // deeper than that is folded away
    for (let i = 0; i < rows.length; i++) {
      if (rows[i].depth > hidden) continue;
      hidden = folded.has(i) ? rows[i].depth : Infinity;
      shown.push(i);
    }
    places = new Map(shown.map((i, place) => [i, place]));
    while (active > 0 && !places.has(active)) active--;
    redraw();
  }

  /** Draws every row anew. */
  function redraw() {
    const focused = bars.contains(document.activeElement);
    for (const row of drawn.values()) row.remove();
    drawn.clear();
    bars.style.height = `${shown.length * height}px`;
    const about = Math.max(2, Math.floor(axis.clientWidth / 90));
    const marks = ticks(from, to, about);
    const at = (/** @type {number} */ t) => ({ left: `${percent(t)}%` });
    axis.replaceChildren(...marks.filter(t => percent(t) < 90).map(t => h('span', { style: at(t) }, mark(t))));
    grid.replaceChildren(...marks.map(t => h('i', { style: at(t) })));
    criticalButton.setAttribute('aria-pressed', String(critical));
    back.disabled = from === 0 && to === whole;
    draw();
    if (focused) drawn.get(active)?.focus({ preventScroll: true });
  }

  /** Draws the rows that are seen and not yet drawn. */
  function draw(limit = 0) {
    const first = Math.max(0, Math.floor(sheet.scrollTop / height) - spare);
    const last = Math.min(shown.length, limit || Math.ceil((sheet.scrollTop + (sheet.clientHeight || 600)) / height) + spare);
    const wanted = new Set(shown.slice(limit ? 0 : first, last));
    if (places.has(active)) wanted.add(active); // it may have the focus
    for (const [i, row] of drawn) {
      if (wanted.has(i)) continue;
      row.remove();
      drawn.delete(i);
    }
    let before = bars.firstElementChild;
    if (before !== grid) bars.prepend(grid);
    before = grid.nextElementSibling;
    for (const i of [...wanted].sort((a, b) => a - b)) {
      const row = drawn.get(i) ?? rowElement(i);
      if (row === before) before = before.nextElementSibling;
      else bars.insertBefore(row, before);
      drawn.set(i, row);
    }
  }

  function printed() {
    if (element.isConnected) draw(200);
    else removeEventListener('beforeprint', printed);
  }

  /** The height of a row is the style's: it is another where the sheet is narrow. */
  function measure() {
    const probe = drawn.values().next().value;
    element.classList.toggle('narrow', sheet.clientWidth < 560);
    if (probe) height = probe.offsetHeight || height;
    redraw();
  }

  /** @param {number} t */
  function percent(t) { return (t - from) / (to - from) * 100; }

  /** @param {number} i */
  function rowElement(i) {
    const row = rows[i];
    const above = row.parent === undefined ? undefined : rows[index.get(row.parent) ?? -1];
    const color = row.mark ? row.mark : colorOf(row.service);
    const service = row.service !== '' && row.service !== above?.service && h('b', { class: `service ${color}` }, row.service);
    const level = Math.min(row.depth, deepest);
    const says = [row.mark === 'ghost' && 'expected, did not come', row.mark === 'stub' && 'did not come', row.error && 'error'].filter(Boolean).join(', ');
    const name = row.name || (row.mark === 'stub' ? 'a parent that did not come' : '(no name)');
    return h('div', {
      class: `row ${row.mark ?? ''}`, role: 'row', tabindex: i === active ? 0 : -1, 'data-row': i,
      'aria-level': row.depth + 1, 'aria-rowindex': i + 2, 'aria-selected': String(row.id === open),
      'aria-expanded': parent(i) ? String(!folded.has(i)) : null,
      style: { top: `${(places.get(i) ?? 0) * height}px`, '--level': String(level) },
      onclick: () => { focus(i); select(open === row.id ? '' : row.id); },
    },
    h('div', { class: 'label', role: 'gridcell', title: `${row.service} ${name}` },
      h('span', { class: 'indent' }, row.depth > deepest ? h('small', {}, row.depth) : null),
      h('span', { class: 'fold', 'aria-hidden': 'true', onclick: (/** @type {Event} */ event) => { if (parent(i)) { event.stopPropagation(); focus(i); fold(i); } } },
        parent(i) ? (folded.has(i) ? '▸' : '▾') : ''),
      row.error && h('span', { class: 'bad', 'aria-hidden': 'true' }, '✗ '), service, h('span', { class: 'name' }, name),
      says && h('span', { class: 'unseen' }, ` (${says})`)),
    h('div', { class: 'time', role: 'gridcell' }, bar(row, color)),
    h('div', { class: 'takes', role: 'gridcell' }, row.mark ? '–' : duration(row.duration)));
  }

  /** @param {Row} row @param {string} color */
  function bar(row, color) {
    const start = percent(row.start), length = percent(row.start + Math.max(row.duration, 0)) - start;
    const left = Math.max(start, -1), width = Math.min(start + length, 101) - left;
    if (width < 0 || left > 100) return h('span', { class: 'off', title: 'It is outside of what is zoomed in to' }, left > 100 ? '›' : '‹');
    const at = (/** @type {number} */ t) => `${percent(t)}%`;
    return [
      h('span', { class: `bar ${color}${row.error ? ' error' : ''}`, style: { left: `${left}%`, width: `${width}%` } }),
      row.skew ? h('span', { class: 'skew', title: `Begins ${duration(row.skew)} before its parent: their clocks differ`, style: { left: at(row.start), width: `${percent(row.start + row.skew) - start}%` } }) : null,
      critical && (row.critical ?? []).map(([a, b]) => h('span', { class: 'critical', style: { left: at(a), width: `${percent(b) - percent(a)}%` } })),
      (row.events ?? []).slice(0, 200).map(e => h('span', { class: `event${e.name === 'exception' ? ' bad' : ''}`, title: `${e.name} +${duration(e.at - row.start)}`, style: { left: at(e.at) } })),
      row.mark === 'ghost' && ghostSays(row, left, width),
      row.lacks?.length ? h('span', { class: 'lack', title: row.lacks.map(l => `${l.what} ${l.name}`).join(', ') }, `lacks ${row.lacks.length === 1 ? row.lacks[0].name : row.lacks.length}`) : null,
    ].flat().filter(part => part !== null && part !== false && part !== undefined);
  }

  /** Within the bar, or right of it, wherever there is room; the legend has all of it. @param {Row} row @param {number} left @param {number} width */
  function ghostSays(row, left, width) {
    const at = width > 30 ? { left: `${left}%`, width: `${width}%` } : left + width < 65 ? { left: `${left + width}%`, right: '0' } : null;
    return at && h('span', { class: 'bar-says', style: at }, row.mark !== 'ghost' ? row.says ?? '' : /another (trace|parent)/.exec(row.says ?? '') ? `in ${/another (trace|parent)/.exec(row.says ?? '')?.[0]}` : 'missing');
  }

  /** @param {number} i */
  function focus(i, scroll = true) {
    drawn.get(active)?.setAttribute('tabindex', '-1');
    active = i;
    const at = (places.get(i) ?? 0) * height, room = sheet.clientHeight - 2 * height;
    if (scroll && at < sheet.scrollTop) sheet.scrollTop = at;
    else if (scroll && at > sheet.scrollTop + room) sheet.scrollTop = at - room;
    draw();
    const row = drawn.get(i);
    row?.setAttribute('tabindex', '0');
    row?.focus({ preventScroll: true });
  }

  /** @param {number} i */
  function fold(i) {
    if (!folded.delete(i)) folded.add(i);
    unfold();
  }

  /** @param {boolean} on */
  function foldAll(on) {
    folded.clear();
    if (on) rows.forEach((_, i) => { if (parent(i)) folded.add(i); });
    unfold();
  }

  /** @param {string} id the span to show the details of; none if it is not there */
  function select(id, tell = true) {
    const i = index.get(id);
    const before = index.get(open);
    open = i === undefined ? '' : id;
    for (const n of [before, i]) if (n !== undefined) drawn.get(n)?.setAttribute('aria-selected', String(n === i));
    side.replaceChildren(...(i === undefined ? [] : [details(rows[i], trace, options.source ?? 'live', () => { select(''); focus(active); })]));
    element.classList.toggle('opened', i !== undefined);
    if (tell) options.changed?.({ span: open || null });
  }

  /** @param {number} a @param {number} b */
  function zoom(a, b, tell = true) {
    const least = Math.min(whole, 100);
    from = Math.max(0, Math.min(a, whole - least));
    to = Math.min(whole, Math.max(b, from + least));
    redraw();
    const zoomed = from > 0 || to < whole;
    if (tell) options.changed?.({ from: zoomed ? String(Math.round(from)) : null, to: zoomed ? String(Math.round(to)) : null });
  }

  /** Zooms so that the time at the middle of the active bar stays in sight. @param {number} by */
  function around(by) {
    const row = rows[active];
    const middle = row ? Math.min(to, Math.max(from, row.start + row.duration / 2)) : (from + to) / 2;
    const length = Math.min(whole, (to - from) * by);
    const start = Math.max(0, Math.min(whole - length, middle - (middle - from) * by));
    zoom(start, start + length);
  }

  /** @param {number} by */
  function pan(by) {
    const step = Math.max(-from, Math.min(whole - to, (to - from) * by));
    zoom(from + step, to + step);
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || rows.length === 0) return;
    const place = places.get(active) ?? 0, row = rows[active];
    const page = Math.max(1, Math.floor(sheet.clientHeight / height) - 2);
    const move = (/** @type {number} */ at) => () => focus(shown[Math.max(0, Math.min(shown.length - 1, at))]);
    const onButton = event.target instanceof HTMLElement && event.target.closest('button, a, details') !== null;
    /** @type {Record<string, () => void>} */
    const does = {
      ArrowDown: move(place + 1), j: move(place + 1), ArrowUp: move(place - 1), k: move(place - 1),
      PageDown: move(place + page), PageUp: move(place - page), Home: move(0), End: move(shown.length),
      ArrowLeft: () => {
        if (event.shiftKey) pan(-0.25);
        else if (parent(active) && !folded.has(active)) fold(active);
        else if (row.parent !== undefined && index.has(row.parent)) focus(index.get(row.parent) ?? 0);
      },
      ArrowRight: () => {
        if (event.shiftKey) pan(0.25);
        else if (folded.has(active)) fold(active);
        else if (parent(active)) focus(active + 1);
      },
      '[': () => foldAll(true), ']': () => foldAll(false), c: () => set({ critical: critical ? null : '1' }),
      '+': () => around(0.5), '=': () => around(0.5), '-': () => around(2), 0: () => zoom(0, whole),
      z: () => zoom(row.start - row.duration * 0.05, row.start + row.duration * 1.05),
    };
    if (!onButton) does.Enter = does[' '] = () => select(open === row.id ? '' : row.id);
    if (open !== '') does.Escape = () => { select(''); focus(active); };
    if (!does[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    does[event.key]();
  }

  /** @param {Record<string, string | null>} query */
  function set(query) {
    critical = query.critical === '1';
    redraw();
    options.changed?.({ critical: critical ? '1' : null });
  }

  return {
    element, key,
    focus: () => focus(active),
    /** Shows what an address says. @param {URLSearchParams} query */
    show(query) {
      critical = query.get('critical') === '1';
      zoom(Number(query.get('from') ?? 0), Number(query.get('to') ?? whole), false);
      const id = query.get('span') ?? '';
      if (id !== open) select(id, false);
      const i = index.get(id);
      if (i !== undefined) focus(i);
    },
  };
}

/** @param {string} text @param {string} shortcut @param {() => void} does @param {string} [label] */
function button(text, shortcut, does, label) {
  return h('button', { type: 'button', title: `${label ?? text} (key ${shortcut})`, 'aria-label': label, 'aria-keyshortcuts': shortcut, onclick: does }, text);
}

/** @param {Trace} trace @param {TimelineOptions} options */
function summary(trace, options) {
  const root = (trace.rows ?? []).find(row => !row.mark) ?? trace.rows?.[0];
  const services = trace.services ?? [];
  return h('header', { class: 'trace-summary' },
    h('h2', {}, options.label && h('span', { class: 'quiet' }, options.label, ' '), root ? `${root.service} ${root.name}` : 'No span has come'),
    h('p', {},
      trace.spans > 0 && h('b', {}, duration(trace.duration)), trace.spans > 0 && ' · ', amount(trace.spans, 'span'),
      services.length > 1 && ` · ${amount(services.length, 'service')}`,
      trace.errors > 0 && h('span', { class: 'bad' }, ` · ✗ ${amount(trace.errors, 'error')}`),
      trace.spans > 0 && h('span', { class: 'quiet' }, ` · ${moment(trace.start)}`),
      trace.id && h('span', { class: 'id' }, ' · ', h('code', { title: trace.id }, trace.id.slice(0, 8)), copyButton(trace.id, 'the trace ID'))));
}

/** What the dashed bars say, in full. @param {Row[]} rows */
function legend(rows) {
  const marked = rows.filter(row => row.mark).slice(0, 5);
  return marked.length > 0 && h('ul', { class: 'legend' }, marked.filter((row, i) => marked.findIndex(other => other.name === row.name && other.says === row.says) === i).map(row => h('li', { class: row.mark }, row.name && h('b', {}, row.name, ' '), row.says ?? '')));
}

/** Dragging over an element gives two parts of its width, from 0 to 1. @param {HTMLElement} over @param {(a: number, b: number) => void} done */
function dragging(over, done) {
  const at = (/** @type {PointerEvent} */ event) => {
    const box = over.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
  };
  over.addEventListener('pointerdown', event => {
    const start = at(event), range = h('i', { class: 'range' });
    over.setPointerCapture(event.pointerId);
    over.append(range);
    const move = (/** @type {PointerEvent} */ event) => {
      range.style.left = `${Math.min(start, at(event)) * 100}%`;
      range.style.width = `${Math.abs(start - at(event)) * 100}%`;
    };
    over.addEventListener('pointermove', move);
    over.addEventListener('pointerup', event => {
      over.removeEventListener('pointermove', move);
      range.remove();
      const end = at(event);
      if (Math.abs(start - end) > 0.01) done(Math.min(start, end), Math.max(start, end));
    }, { once: true });
  });
}
