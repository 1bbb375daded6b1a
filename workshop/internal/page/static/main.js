// The page: what the address asks for is drawn, and hears what the server tells.

import * as api from './api.js';
import { h, empty, memory } from './dom.js';
import { calls } from './calls.js';
import { find } from './find.js';
import { learn } from './learn.js';
import { spans } from './spans.js';
import { compare, trace } from './trace.js';

/** @type {Record<string, (route: Route, app: App) => Promise<View>>} */
const views = { learn, live: find, jaeger: find, trace, compare, calls, spans };
const main = element('main'), gone = element('gone'), said = element('said');
let current = /** @type {View | null} */ (null);
let turn = 0;

/** @type {App} */
const app = {
  state: /** @type {any} */ ({ steps: [], at: '', live: {}, jaeger: {}, checking: [], problems: {} }),
  announce(text) { said.textContent = text; },
  address(changes) {
    const { path, query } = parse();
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) query.delete(key);
      else query.set(key, value);
    }
    history.replaceState(null, '', `#${path}${query.size > 0 ? `?${query}` : ''}`);
  },
};

/** @param {string} id */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element is called ${id}`);
  return found;
}

function parse() {
  const [path, query] = (location.hash.slice(1) || '/learn').split(/\?(.*)/s);
  const [view, ...parts] = path.split('/').slice(1).map(part => { try { return decodeURIComponent(part); } catch { return part; } });
  return { path, view, parts, query: new URLSearchParams(query ?? '') };
}

async function show() {
  const route = parse(), mine = ++turn;
  markTop(route);
  if (current?.go?.(route)) return;
  main.setAttribute('aria-busy', 'true');
  /** @type {View} */
  let view;
  try {
    if (!views[route.view]) throw new api.Problem('The page has no such view: choose one above.', 404);
    view = await views[route.view](route, app);
  } catch (problem) {
    console.info(problem);
    view = { element: h('div', { class: 'cannot' }, empty(problem instanceof api.Problem ? problem.message : 'This cannot be shown: load the page again.'), h('a', { class: 'button', href: '#/learn' }, 'To the lessons')) };
  }
  if (mine !== turn) return view.close?.();
  current?.close?.();
  current = view;
  main.removeAttribute('aria-busy');
  main.replaceChildren(view.element);
  document.title = `${main.querySelector('h1, h2')?.textContent ?? ''} · Tracing workshop`;
  scrollTo(0, 0);
  if (!document.activeElement?.matches('input')) main.focus({ preventScroll: true });
  view.shown?.();
}

const help = h('dialog', { 'aria-labelledby': 'keys' });
document.body.append(help);

/** @param {Route} route @returns {Source} that a route is about, the live one where it is about none */
const sourceOf = route => route.view === 'jaeger' || route.parts[0] === 'jaeger' ? 'jaeger' : 'live';

const ways = ['learn', 'live', 'jaeger'].map(view => h('a', { href: `#/${view}` }, view[0].toUpperCase() + view.slice(1)));
const id = h('input', { name: 'id', placeholder: 'Trace ID', 'aria-label': 'Trace ID', title: 'a trace ID, its first digits, or a line of a log with one', autocomplete: 'off', spellcheck: 'false' });
const byId = h('form', { class: 'by-id', role: 'search', onsubmit: (/** @type {Event} */ event) => {
  event.preventDefault();
  const found = /(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/i.exec(id.value)?.[0] ?? id.value.trim();
  if (found === '') return;
  location.hash = `#/trace/${sourceOf(parse())}/${encodeURIComponent(found.toLowerCase())}`;
  id.value = '';
  id.blur(); // the keys are for the trace now
} }, id);
element('top').replaceChildren(
  h('a', { class: 'brand', href: '#/learn' }, h('img', { src: '/static/icon.svg', alt: '', width: 28, height: 28 }), h('span', {}, 'Tracing workshop')),
  h('nav', { 'aria-label': 'Views' }, ways), byId,
  h('button', { type: 'button', class: 'plain', onclick: changeTheme, 'aria-label': 'Light or dark', title: 'Light or dark (key t)' }, '◐'),
  h('button', { type: 'button', class: 'plain help', onclick: showKeys, 'aria-label': 'Keys', title: 'Keys (key ?)' }, '?'));

/** Somebody may be typing at the top already, so only the mark moves there. @param {Route} route */
function markTop(route) {
  for (const way of ways) way.removeAttribute('aria-current');
  ways[route.view === 'learn' ? 0 : sourceOf(route) === 'live' ? 1 : 2].setAttribute('aria-current', 'page');
}

/** @param {string | null} theme */
const setTheme = (theme) => { if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme; };

function changeTheme() {
  const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  setTheme(dark ? 'light' : 'dark');
  memory.set('theme', dark ? 'light' : 'dark');
}

function showKeys() {
  /** @type {[string, string][]} */
  const keys = [...(current?.keys ?? []), ['/', 'look up a trace ID'], ['1 2 3', 'Learn, Live, Jaeger'], ['r', 'check the step, in a lesson'], ['t', 'light or dark'], ['?', 'this list']];
  help.replaceChildren(h('h2', { id: 'keys' }, 'Keys'),
    h('dl', {}, keys.flatMap(([key, does]) => [h('dt', {}, key.split(' ').map(k => h('kbd', {}, k))), h('dd', {}, does)])),
    h('form', { method: 'dialog' }, h('button', { class: 'main' }, 'Close')));
  help.showModal();
}

document.addEventListener('keydown', event => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  if (event.target instanceof Element && event.target.closest('input, select, textarea')) return;
  /** @type {Record<string, () => void>} */
  const does = {
    '?': showKeys, t: changeTheme, '/': () => id.focus(),
    1: () => { location.hash = '#/learn'; }, 2: () => { location.hash = '#/live'; }, 3: () => { location.hash = '#/jaeger'; },
    r: () => { const check = main.querySelector('button.check'); if (check instanceof HTMLElement) check.click(); },
  };
  if (does[event.key]) {
    event.preventDefault();
    does[event.key]();
  } else current?.key?.(event);
});

/** A server that is gone by now is told of elsewhere. @param {string} event @param {any} data */
const tell = async (event, data) => { try { await current?.heard?.(event, data); } catch (problem) { console.info(problem); } };

/** One after the other: an answer that is on its way may be older than the event. @type {Promise<void>} */
let refreshing = Promise.resolve();
const refresh = () => refreshing = refreshing.catch(() => {}).then(async () => { app.state = await api.getState(); });

/** @param {boolean} here */
function setGone(here) {
  gone.replaceChildren(...(here ? [] : [h('p', {}, "The workshop's page has stopped: start it again with ", h('code', {}, 'go run ./workshop page'), '. This page finds it by itself.')]));
}

setTheme(memory.get('theme'));
try {
  await refresh();
} catch {
  setGone(false);
}
addEventListener('hashchange', show);
await show();
api.listen(async (event, data) => {
  if (event === 'live') app.state.live = data;
  else await refresh().catch(() => {});
  tell(event, data);
}, async (here, again) => {
  setGone(here);
  if (!here) return;
  await refresh().catch(() => {});
  // What was told before there was a connection was not heard.
  if (again && main.querySelector('.cannot')) show();
  else tell('state', null);
});
