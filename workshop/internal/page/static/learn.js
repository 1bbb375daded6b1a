// A lesson, open where the learner is, and beside it what the check says.

import * as api from './api.js';
import { h, amount } from './dom.js';
import { keys, timeline } from './timeline.js';
import { verdict } from './verdict.js';

/** @param {Route} route @param {App} app @returns {Promise<View>} */
export async function learn(route, app) {
  const steps = () => app.state.steps ?? [];
  const step = route.parts[0] || app.state.at || (steps()[0]?.name ?? '');
  let [lesson, record] = await Promise.all([api.getLesson(step), api.getVerdict(step)]);
  let passedBefore = record?.passed === true;

  const bar = h('nav', { class: 'steps', 'aria-label': 'Steps' });
  const article = h('article', { class: 'lesson' });
  const card = h('div', {});
  const traces = h('div', { class: 'arrived' });
  const side = h('div', { class: 'side' }, card, traces);
  const element = h('div', { class: 'learn' }, bar, h('div', { class: 'columns' }, article, side));

  /** The section to read: that of the check which fails. */
  const due = () => record?.failure?.section || steps().find(s => s.name === step)?.section || 1;

  function drawBar() {
    bar.replaceChildren(h('ol', {}, steps().map((s, i) => h('li', {},
      h('a', { href: `#/learn/${s.name}`, 'aria-current': s.name === step ? 'step' : null, title: s.title },
        h('span', { class: s.done ? 'done' : 'number' }, s.done ? '✓' : i + 1), h('span', { class: 'what' }, short(s.name)),
        h('span', { class: 'unseen' }, s.done ? ' (done)' : ''))))));
  }

  function drawLesson() {
    const sections = lesson.sections ?? [];
    const next = steps().find(s => s.name === lesson.next);
    article.replaceChildren(h('h1', {}, lesson.title),
      section('about', 'What it is about', lesson.intro, ''),
      ...sections.map((s, i) => section(nameOf(s, i), s.title, s.html, s.number > 0 ? String(s.number) : '', s.gap)),
      ...(next ? [h('p', { class: 'onwards' }, h('a', { class: 'button', href: `#/learn/${next.name}` }, `Next: ${next.title} →`))] : []));
    marks();
  }

  /** What the checks say of each section. */
  function marks() {
    for (const mark of article.querySelectorAll('.state')) {
      const checks = (record?.checks ?? []).filter(check => String(check.section) === mark.getAttribute('data-section'));
      const number = Number(mark.getAttribute('data-section')), failing = record?.failure?.section ?? Infinity; // which another one may have to mend
      const says = number === failing ? 'fail' : checks.length === 0 ? '' : number > failing ? 'pending' : record?.passed || record?.failure ? 'pass' : '';
      mark.className = `state ${says}`;
      mark.replaceChildren({ pass: '✓', fail: '✗', pending: '·', '': '' }[says] ?? '', h('span', { class: 'unseen' }, { pass: ' passes', fail: ' fails', pending: ' still to come', '': '' }[says] ?? ''));
    }
  }

  /** @param {string} name opens that section, and goes there @param {boolean} scroll */
  function open(name, scroll) {
    const found = [...article.querySelectorAll('details.section')].find(s => s.getAttribute('data-name') === name);
    if (!(found instanceof HTMLDetailsElement)) return;
    found.open = true;
    if (!scroll) return;
    found.scrollIntoView({ block: 'start' });
    found.querySelector('summary')?.focus({ preventScroll: true });
  }

  function drawCard(joy = false) {
    const unfolded = [...card.querySelectorAll('details')].map(d => d.open);
    card.replaceChildren(verdict({ step, record, app, lesson, joy, reading: section => !!article.querySelector(`details.section[open][data-name="${Number(section)}"]`) }));
    card.querySelectorAll('details').forEach((d, i) => { d.open = unfolded[i] ?? false; });
  }

  function drawVerdict(joy = false) {
    drawCard(joy);
    const arrived = record?.traces ?? [];
    traces.replaceChildren(...(arrived.length === 0 ? [] : [
      h('h2', {}, arrived.length === 1 ? 'The trace that arrived' : 'The traces that arrived'),
      ...arrived.slice(0, 5).map(trace => timeline(trace, { label: '' }).element),
      ...(arrived.length > 5 || record?.more ? [h('p', { class: 'quiet' }, `${amount(arrived.length - Math.min(5, arrived.length) + (record?.more ?? 0), 'more trace')} came and are not shown here.`)] : []),
    ]));
    marks();
  }

  async function recheck() {
    const before = JSON.stringify(record);
    record = await api.getVerdict(step);
    drawBar();
    if (JSON.stringify(record) === before) return drawCard();
    const joy = record?.passed === true && !passedBefore;
    passedBefore = record?.passed === true;
    drawVerdict(joy);
    if (!app.state.problems?.[step] && record) app.announce(record.passed ? 'All checks pass.' : `${record.failure?.says ?? 'A check fails.'}`);
  }

  drawBar();
  drawLesson();
  const wanted = route.parts[1] ?? String(due());
  open(wanted, false);
  if (due() <= 1 && !route.parts[1]) open('about', false);
  drawVerdict();
  article.addEventListener('toggle', () => drawCard(), true); // it offers what is not open
  return {
    element, keys,
    shown() {
      if (!route.parts[0]) history.replaceState(null, '', `#/learn/${step}`);
      if (route.parts[1]) open(wanted, true);
      else if (due() > 1) article.querySelector('details.section[open]')?.scrollIntoView({ block: 'start' });
    },
    go(next) {
      if (next.view !== 'learn' || next.parts[0] !== step) return false;
      open(next.parts[1] ?? String(due()), true);
      return true;
    },
    async heard(event, data) {
      if (event === 'state' || event === 'verdict' && data.step === step) await recheck();
      else if (event === 'verdict') {
        drawBar();
        const other = steps().find(s => s.name === data.step);
        if (other) card.firstElementChild?.before(h('p', { class: 'warning elsewhere' }, 'A check of another step has come: ', h('a', { href: `#/learn/${other.name}` }, `go on with ${other.title} →`)));
        card.querySelectorAll('.elsewhere').forEach((note, i) => { if (i > 0) note.remove(); });
      }
      else if (event === 'checking' && data.step === step) drawCard();
      else if (event === 'lesson' && data.step === step) {
        const openNow = [...article.querySelectorAll('details.section[open]')].map(s => s.getAttribute('data-name') ?? '');
        const at = scrollY;
        lesson = await api.getLesson(step);
        drawCard();
        drawLesson();
        for (const name of openNow) open(name, false);
        scrollTo(0, at);
      }
    },
  };
}

/** @param {string} step */
const short = (step) => step.replace(/^step\d*-/, '').replaceAll('-', ' ');

/** What a section is called in an address. @param {Section} section @param {number} i */
const nameOf = (section, i) => section.number > 0 ? String(section.number) : `0.${i}`;

/** @param {string} name @param {string} title @param {string} html @param {string} number @param {string} [gap] */
function section(name, title, html, number, gap) {
  return h('details', { class: 'section', 'data-name': name },
    h('summary', {}, h('h2', {}, number && h('span', { class: 'number' }, number), title.replace(/^\d+\.\s*/, ''), ' ',
      h('span', { class: 'state', 'data-section': number }))),
    gap ? h('p', { class: 'gap' }, 'You write at ', h('code', {}, gap)) : null,
    prose(html));
}

/**
 * The lesson's own HTML. This is the one place where text becomes elements: the
 * server has made it from the README and sanitised it. Nothing else goes in here.
 * @param {string} html
 */
function prose(html) {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  for (const code of parsed.querySelectorAll('pre')) code.tabIndex = 0; // it scrolls sideways
  for (const table of parsed.querySelectorAll('table')) {
    const scroll = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Table' });
    table.replaceWith(scroll);
    scroll.append(table);
  }
  return h('div', { class: 'prose' }, ...parsed.body.childNodes);
}
