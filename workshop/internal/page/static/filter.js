// The form that says which traces are wanted. What it says is in the address.

import { h } from './dom.js';

/** @param {Source} source @param {URLSearchParams} query @param {Services} known @param {(query: URLSearchParams) => void} wanted */
export function filter(source, query, known, wanted) {
  const services = known.services ?? [];
  const service = query.get('service') ?? '';
  const select = h('select', { name: 'service' }, option('', 'all', service), services.map(s => option(s.name, s.name, service)),
    service !== '' && !services.some(s => s.name === service) && option(service, service, service));
  const operations = h('datalist', { id: 'operations' });
  const listOperations = () => operations.replaceChildren(...[...new Set(services
    .filter(s => select.value === '' || s.name === select.value).flatMap(s => s.operations ?? []))].map(name => h('option', { value: name })));
  select.addEventListener('change', listOperations);
  listOperations();

  const pairs = [...query.getAll('attribute'), ''];
  const form = h('form', { class: 'filter', 'aria-label': 'Which traces' },
    field('Service', select),
    field('Operation', input('operation', query, 'GET /compute', { list: 'operations' }), operations),
    pairs.map((pair, i) => field(i === 0 ? 'Attribute' : 'and attribute', h('input', { name: 'attribute', value: pair, placeholder: 'http.route=/compute', pattern: '[^=]+=.*', title: 'key=value' }))),
    h('div', { class: 'pair' },
      field('Longer than', input('longer', query, '100ms', time)), field('Shorter than', input('shorter', query, '2s', time))),
    source === 'jaeger' && field('Of the last', choice('since', query, ['10m', '1h', '6h', '24h', '168h'], '1h')),
    field('At most', choice('limit', query, ['20', '50', '100', '200'], '20')),
    h('label', { class: 'tick' }, h('input', { type: 'checkbox', name: 'errors', value: '1', checked: query.get('errors') === '1' }), 'only with an error'),
    h('div', { class: 'tools' }, h('button', { class: 'main' }, 'Find traces'), query.size > 0 && h('a', { class: 'button', href: `#/${source}` }, 'Clear')));
  form.addEventListener('submit', event => {
    event.preventDefault();
    const next = new URLSearchParams();
    for (const [key, value] of new FormData(form)) {
      const text = String(value).trim();
      if (text !== '' && !(key === 'limit' && text === '20')) next.append(key, text);
    }
    wanted(next);
  });
  return form;
}

const time = { pattern: '([0-9.]+(ns|us|µs|ms|s|m|h))+', title: 'a duration such as 100ms or 1.5s' };

/** @param {string} label @param {HTMLElement} control @param {HTMLElement} [list] */
const field = (label, control, list) => h('label', {}, h('span', {}, label), control, list);

/** @param {string} name @param {URLSearchParams} query @param {string} placeholder @param {Record<string, string>} [more] */
const input = (name, query, placeholder, more = {}) => h('input', { name, value: query.get(name) ?? '', placeholder, autocomplete: 'off', spellcheck: 'false', ...more });

/** @param {string} value @param {string} text @param {string} chosen */
const option = (value, text, chosen) => h('option', { value, selected: value === chosen }, text);

/** @param {string} name @param {URLSearchParams} query @param {string[]} values @param {string} usual */
const choice = (name, query, values, usual) => h('select', { name }, values.map(value => option(value, value, query.get(name) ?? usual)));
