// What the check of a step says: what must be true, what is, and what to do.

import * as api from './api.js';
import { h, amount, copyButton } from './dom.js';
import { clock, duration } from './time.js';

/** @param {Shown} shown */
export function verdict(shown) {
  const { step, record, app } = shown;
  const problems = app.state.problems?.[step] ?? record?.problems;
  const busy = (app.state.checking ?? []).includes(step) || isOpen(record);
  const checks = record?.checks ?? [];
  const passed = checks.filter(check => check.outcome === 'pass').length;
  const stale = !busy && !problems && app.state.steps?.find(s => s.name === step)?.stale;
  const how = problems ? 'broken' : stale ? 'stale' : !record ? 'unknown' : record.passed ? 'passed' : record.failure ? 'failed' : 'unknown';
  const card = h('section', { class: `verdict ${how}`, 'aria-busy': busy, 'aria-label': 'Verdict' },
    h('header', {},
      h('h2', {}, { broken: '✗ It does not compile', passed: '✓ It passes', failed: '✗ Not yet', stale: 'Saved since the check', unknown: 'Not checked yet' }[how]),
      checkButton(step, busy)),
    checks.length > 0 && !problems && h('div', { class: 'progress' }, h('progress', { max: checks.length, value: passed, 'aria-label': 'Checks that pass' }),
      h('span', {}, `${passed} of ${checks.length} checks`)),
    stale && h('p', { class: 'warning', role: 'status' }, 'Your files are newer than what stands here: check now, or wait for the check at work.'),
    problems ? compiler(problems) : !record ? never(step) : record.passed ? !stale && done(shown) : record.failure ? failure(record.failure, shown) : null,
    checks.length > 0 && h('details', { class: 'checks' }, h('summary', {}, 'All checks'),
      h('ol', {}, checks.map(check => h('li', { class: check.outcome }, h('span', { class: 'mark', 'aria-hidden': 'true' }, { pass: '✓', fail: '✗', pending: '·' }[check.outcome]),
        h('span', {}, h('span', { class: 'unseen' }, { pass: 'passes: ', fail: 'fails: ', pending: 'still to come: ' }[check.outcome]), check.must))))),
    record && !isOpen(record) && (!problems || record.problems) && h('p', { class: 'quiet when' }, `Checked at ${clock(record.ended)}, in ${duration((Date.parse(record.ended) - Date.parse(record.begun)) * 1e6)}`));
  if (shown.joy) celebrate(card);
  return card;
}

/** Whether the check is still at work. @param {VerdictRecord | null} record */
const isOpen = (record) => record !== null && record.ended.startsWith('0001');

/** @param {string} step @param {boolean} busy */
function checkButton(step, busy) {
  const button = h('button', { type: 'button', class: 'main check', 'aria-keyshortcuts': 'r' }, busy ? 'Checking…' : 'Check now');
  button.addEventListener('click', async () => {
    button.textContent = 'Checking…';
    try {
      await api.check(step);
    } catch (problem) {
      button.textContent = 'Check now';
      button.closest('section')?.querySelector('header')?.after(h('p', { class: 'warning', role: 'alert' }, /** @type {Error} */ (problem).message));
    }
  });
  return button;
}

/** @param {Problems} problems */
const compiler = (problems) => h('div', { class: 'says' }, h('p', {}, problems.says),
  h('ul', { class: 'problems' }, (problems.lines ?? []).map(line => h('li', {}, h('code', {}, line.place), copyButton(line.place, 'the place'),
    h('p', {}, line.message), line.hint && h('p', { class: 'hint' }, line.hint)))));

/** @param {string} step */
const never = (step) => h('p', {}, 'Press the button, or type ', h('code', {}, `go test ./${step}`), copyButton(`go test ./${step}`, 'the command'), '. What the check finds is shown here.');

/** @param {Shown} shown */
function done({ app, lesson }) {
  const next = (app.state.steps ?? []).find(s => s.name === lesson.next);
  return h('div', { class: 'onwards' }, h('p', { class: 'joy' }, 'Well done. Every check passes.'),
    next ? h('a', { class: 'button main', href: `#/learn/${next.name}` }, `On to: ${next.title} →`)
      : h('p', {}, 'That was the last step: the workshop is yours.'));
}

/** @param {Failure} fails @param {Shown} shown */
function failure(fails, { lesson, reading, record, step }) {
  const section = (lesson.sections ?? []).find(s => s.number === fails.section);
  /** @type {[string, import('./dom.js').Child[]][]} */
  const parts = [
    ['Likely cause', [fails.why, fails.cause && h('span', { class: 'quiet' }, ` (${fails.cause})`)]],
    ['What to do', [fails.next]],
    ['Place', [fails.gap && h('span', {}, h('code', {}, fails.gap), copyButton(fails.gap, 'the place'))]],
    ['Read', [section && h('a', { class: reading(section.number) ? '' : 'button', href: `#/learn/${step}/${section.number}` },
      `${section.number}. ${section.title.replace(/^\d+\.\s*/, '')}${reading(section.number) ? '' : ' →'}`)]],
  ];
  const background = [['Ran', record?.commands], ['Asked', record?.requests], ['The programs wrote', record?.stderr]]
    .filter(([, lines]) => lines && lines.length > 0).map(([name, lines]) => [h('h3', {}, name), h('pre', { tabindex: 0 }, /** @type {string[]} */ (lines).join('\n'))]).flat();
  return h('div', {}, h('p', { class: 'must' }, fails.must), h('p', { class: 'says' }, h('span', { 'aria-hidden': 'true' }, '✗ '), fails.says),
    h('dl', {}, parts.filter(([, content]) => content.some(Boolean)).map(([name, content]) => [h('dt', {}, name), h('dd', {}, ...content)]).flat()),
    background.length > 0 && h('details', {}, h('summary', {}, `How it was checked (${amount(record?.commands?.length ?? 0, 'command')})`), background));
}

/** Some paper of the services' colours, for those who like things that move. @param {HTMLElement} card */
function celebrate(card) {
  card.classList.add('joyful');
  const paper = h('div', { class: 'paper', 'aria-hidden': 'true' }, Array.from({ length: 28 }, (_, i) => h('i', {
    class: `c${i % 7}`, style: { left: `${(i * 37) % 100}%`, 'animation-delay': `${(i % 7) * 90}ms`, '--turn': `${i * 53}deg` },
  })));
  card.append(paper);
  setTimeout(() => paper.remove(), 4000);
}
