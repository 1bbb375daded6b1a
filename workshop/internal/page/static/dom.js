// Elements are made here and nowhere else. Text becomes text nodes, whatever it
// holds, and a style is set on the element: the page's policy allows no markup
// with styles or scripts in it.

/** @typedef {Node | string | number | false | null | undefined} Child */

/** @template {Element} E @param {E} element @param {Record<string, any>} props attributes; onX listens, style is an object @param {(Child | Child[])[]} children */
function fill(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'style') {
      const style = /** @type {any} */ (element).style;
      for (const [key, to] of Object.entries(value)) style.setProperty(key, to);
    } else element.setAttribute(name, value === true && !name.startsWith('aria-') ? '' : String(value));
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** @template {keyof HTMLElementTagNameMap} K @param {K} tag @param {Record<string, any>} [props] @param {(Child | Child[])[]} children @returns {HTMLElementTagNameMap[K]} */
export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** @template {keyof SVGElementTagNameMap} K @param {K} tag @param {Record<string, any>} [props] @param {(Child | Child[])[]} children @returns {SVGElementTagNameMap[K]} */
export function svg(tag, props = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), props, children);
}

/** A button that copies a text, and says so. @param {string} text @param {string} what */
export function copyButton(text, what) {
  const button = h('button', { type: 'button', class: 'copy', title: `Copy ${what}`, 'aria-label': `Copy ${what}` }, '⧉');
  button.addEventListener('click', async event => {
    event.stopPropagation();
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = '✓';
    } catch {
      button.textContent = '✗';
      button.title = 'The browser does not allow it: select the text and copy it by hand.';
    }
    setTimeout(() => { button.textContent = '⧉'; }, 1500);
  });
  return button;
}

/** @param {string} text what there is to say, and to do, where nothing is to be shown */
export const empty = (text) => h('p', { class: 'empty' }, text);

/** @param {number} n @param {string} one @param {string} [many] */
export const amount = (n, one, many = one + 's') => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** The beginning of an id, as it is shown. @param {string} id */
export const short = (id) => id.slice(0, 8);

/** What is remembered from one visit to the next, if the browser allows it. */
export const memory = {
  get(/** @type {string} */ key) { try { return localStorage.getItem(key); } catch { return null; } },
  /** @param {string} key @param {string} value */
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* then not */ } },
};

/** Where a reader was in each list, to come back to. @type {Record<Source, string>} */
export const places = { live: '#/live', jaeger: '#/jaeger' };
