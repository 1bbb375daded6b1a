// The traces of a source, newest first: what arrives here, or what Jaeger holds.

import * as api from './api.js';
import { h, amount, copyButton, empty, places, short } from './dom.js';
import { colorOf } from './colors.js';
import { filter } from './filter.js';
import { scatter } from './scatter.js';
import { clock, duration, size } from './time.js';

/** @param {Route} route @param {App} app @returns {Promise<View>} */
export async function find(route, app) {
  const source = /** @type {Source} */ (route.view);
  let query = route.query;
  /** @type {Summaries | null} what has come since the list was drawn */
  let waiting = null;
  let listed = /** @type {Set<string>} */ (new Set());
  const chosen = /** @type {Set<string>} */ (new Set());
  let over = false, timer = 0, asked = 0, closed = false;

  const note = h('div', { class: 'source' });
  const form = h('div', {});
  const plot = scatter(source);
  const list = h('ol', { class: 'traces' });
  const count = h('h2', { tabindex: -1 });
  const news = h('button', { type: 'button', class: 'news', hidden: true, onclick: () => { apply(); count.focus(); } });
  const compare = h('div', { class: 'compare-bar' });
  const to = (/** @type {string} */ view, /** @type {string} */ name) => h('a', { class: 'button', href: '#', onclick: (/** @type {Event} */ e) => { e.preventDefault(); location.hash = `#/${view}/${source}${text(query)}`; } }, name);
  const results = h('div', { class: 'results' }, plot.element, h('div', { class: 'results-head' }, count, news,
    h('span', {}, to('spans', 'Only the spans'), ' ', to('calls', 'Who calls whom'))), compare, list);
  const element = h('div', { class: 'find' }, h('h1', {}, source === 'live' ? 'What arrives' : 'What Jaeger holds'), note,
    h('div', { class: 'columns' }, form, results));
  list.addEventListener('pointerenter', () => { over = true; });
  list.addEventListener('pointerleave', () => { over = false; if (!paused()) apply(); });

  const paused = () => over || chosen.size > 0 || list.contains(document.activeElement);
  const drawNote = () => note.replaceChildren(...(source === 'live' ? aboutLive(app.state.live) : aboutJaeger(app.state)));

  async function drawForm() {
    places[source] = location.hash;
    const known = await api.getServices(source).catch(() => ({ services: [] }));
    const open = form.querySelector('details')?.open ?? (query.size > 0 || matchMedia('(min-width: 1100px)').matches);
    form.replaceChildren(h('details', { class: 'filter-box', open }, h('summary', {}, 'Which traces'), filter(source, query, known, next => {
      if (String(next) === String(query)) fetchList(true);
      else location.hash = `#/${source}${text(next)}`;
    })));
  }

  /** @param {boolean} now even if somebody is reading the list */
  async function fetchList(now) {
    const turn = ++asked;
    if (now) results.setAttribute('aria-busy', 'true');
    try {
      const found = await api.getTraces(source, query);
      if (turn !== asked || closed) return;
      results.removeAttribute('aria-busy');
      waiting = found;
      const fresh = (found.traces ?? []).filter(trace => !listed.has(trace.id)).length;
      if (now || !paused()) apply();
      else if (fresh > 0) {
        news.hidden = false;
        news.textContent = `${fresh === found.traces?.length ? fresh + '+' : fresh} new`;
      }
    } catch (problem) {
      if (turn !== asked || closed) return;
      results.removeAttribute('aria-busy');
      list.replaceChildren();
      plot.show([]);
      count.textContent = '';
      compare.replaceChildren(empty(String(/** @type {Error} */ (problem).message)));
    }
  }

  /** Draws what has come. */
  function apply() {
    if (!waiting) return;
    const traces = waiting.traces ?? [];
    const longest = Math.max(...traces.map(trace => trace.duration), 1);
    listed = new Set(traces.map(trace => trace.id));
    count.textContent = amount(traces.length, 'trace') + (waiting.more > 0 ? ` of ${waiting.of.toLocaleString('en')}` : '');
    list.replaceChildren(...traces.map(trace => item(trace, longest)));
    plot.element.style.display = traces.length > 0 ? '' : 'none';
    plot.show(traces);
    news.hidden = true;
    waiting = null;
    drawCompare(traces.length);
  }

  /** @param {Summary} trace @param {number} longest */
  function item(trace, longest) {
    const name = `${trace.service} ${trace.operation}`;
    const box = h('input', { type: 'checkbox', checked: chosen.has(trace.id), 'aria-label': `Choose ${name} of ${clock(trace.start)} to compare` });
    box.addEventListener('change', () => {
      if (box.checked) chosen.add(trace.id);
      else chosen.delete(trace.id);
      if (chosen.size > 2) chosen.delete([...chosen][0]);
      for (const other of list.querySelectorAll('input')) other.checked = chosen.has(other.dataset.id ?? '');
      drawCompare(listed.size);
    });
    box.dataset.id = trace.id;
    return h('li', {}, box, h('a', { href: `#/trace/${source}/${trace.id}` },
      h('span', { class: 'share', style: { width: `${trace.duration / longest * 100}%` } }),
      h('span', { class: 'what' }, h('b', {}, trace.service || '(no service)'), ' ', trace.operation || '(no root yet)', ' ', h('span', { class: 'quiet' }, short(trace.id))),
      h('span', { class: 'takes' }, duration(trace.duration)),
      h('span', { class: 'more' }, amount(trace.spans, 'span'), trace.errors > 0 && h('span', { class: 'bad' }, ` ✗ ${amount(trace.errors, 'error')}`), !trace.complete && h('span', { class: 'quiet' }, ' · not complete yet'),
        ' ', (trace.services ?? []).map(s => h('span', { class: 'chip' }, h('i', { class: `dot ${colorOf(s)}` }), s))),
      h('time', { datetime: trace.start }, clock(trace.start))));
  }

  /** @param {number} traces */
  function drawCompare(traces) {
    const [a, b] = chosen;
    compare.replaceChildren(...(traces === 0 ? [empty(nothing(source, query, app.state))]
      : b ? [h('a', { class: 'button main', href: `#/compare/${source}/${a}/${b}` }, 'Compare the two')]
      : [h('p', { class: 'quiet' }, a ? 'Choose one more to compare.' : 'Tick two to compare them.')]));
  }

  drawNote();
  await Promise.all([drawForm(), fetchList(true)]);
  return {
    element,
    go(next) {
      if (next.view !== source) return false;
      query = next.query;
      chosen.clear();
      drawForm();
      fetchList(true);
      return true;
    },
    heard(event) {
      if (event === 'state') { drawNote(); fetchList(false); }
      if (event !== 'live' || source !== 'live') return;
      drawNote();
      if (timer) return; // twice a second is all that anybody can read
      timer = setTimeout(() => { timer = 0; fetchList(false); }, 500);
    },
    keys: [['j k', 'next and previous trace'], ['Enter', 'open it']],
    key(event) {
      const links = [...list.querySelectorAll('a')];
      const at = links.indexOf(/** @type {any} */ (document.activeElement)) + { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[/** @type {'j'} */ (event.key)];
      links[Math.max(0, Math.min(links.length - 1, at))]?.focus();
    },
    close() { closed = true; clearTimeout(timer); },
  };
}

/** @param {URLSearchParams} query */
const text = (query) => query.size > 0 ? `?${query}` : '';

/** @param {Source} source @param {URLSearchParams} query @param {State} state */
function nothing(source, query, state) {
  if (query.size > 0) return 'No trace is like that: take away a condition, or make it wider.';
  if (source === 'live') return 'Nothing has arrived yet: set the variable above in the terminal of your services, start them, and send them a request.';
  return state.jaeger.reachable ? 'Jaeger holds no trace of the last hour: send your services some requests.' : 'Start Jaeger first: go run ./workshop jaeger';
}

/** @param {LiveState} live */
function aboutLive(live) {
  return [
    live.listening && h('p', {}, 'Send spans here: ', h('code', {}, live.command), copyButton(live.command, 'the command')),
    live.problem && h('p', { class: 'warning' }, live.problem, ' ', h('a', { href: '#/jaeger' }, 'See what Jaeger holds.')),
    live.remark && h('p', { class: 'warning' }, live.remark),
    live.arrived > 0 && h('p', { class: 'quiet' }, `${amount(live.arrived, 'span')} arrived. Kept: ${amount(live.traces, 'trace')}, ${size(live.bytes)} of ${size(live.budget)}.`,
      live.forgotten > 0 && ` ${amount(live.forgotten, 'older trace')} had to go to keep within that.`),
  ].filter(part => part instanceof Node);
}

/** @param {State} state */
function aboutJaeger({ jaeger }) {
  return jaeger.problem || !jaeger.reachable
    ? [h('p', { class: 'warning' }, jaeger.problem || `No Jaeger answers at ${jaeger.address}: start it with go run ./workshop jaeger`)]
    : [h('p', { class: 'quiet' }, 'From ', h('code', {}, jaeger.address))];
}
