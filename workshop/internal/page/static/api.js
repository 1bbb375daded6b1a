// What the page asks the server, and what it hears from it.

let token = document.querySelector('meta[name="token"]')?.getAttribute('content') ?? '';

/** An error whose message is a sentence for the reader. */
export class Problem extends Error {
  /** @param {string} message @param {number} status */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** @param {string} path @param {RequestInit} [init] */
async function ask(path, init) {
  let answer;
  try {
    answer = await fetch(path, init);
  } catch {
    throw new Problem("The workshop's page has stopped: start it again with go run ./workshop page", 0);
  }
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem(content?.error ?? `The server answered ${answer.status}: load the page again.`, answer.status);
  return content;
}

const part = encodeURIComponent;

/** @returns {Promise<State>} */
export const getState = () => ask('/api/state');
/** @param {string} step @returns {Promise<Lesson>} */
export const getLesson = (step) => ask(`/api/lessons/${part(step)}`);
/** @param {string} step @returns {Promise<VerdictRecord | null>} null if it was never checked */
export const getVerdict = (step) => ask(`/api/verdicts/${part(step)}`).catch(problem => {
  if (problem.status === 404) return null;
  throw problem;
});
/** @param {Source} source @param {URLSearchParams} query @returns {Promise<Summaries>} */
export const getTraces = (source, query) => ask(`/api/${source}/traces?${query}`);
/** @param {Source} source @param {string} id @returns {Promise<Trace>} */
export const getTrace = (source, id) => ask(`/api/${source}/traces/${part(id)}`);
/** @param {Source} source @returns {Promise<Services>} */
export const getServices = (source) => ask(`/api/${source}/services`);
/** @param {Source} source @param {URLSearchParams} query @returns {Promise<{calls: List<Call>, graph: Graph}>} */
export const getCalls = (source, query) => ask(`/api/${source}/calls?${query}`);
/** @param {Source} source @param {URLSearchParams} query @returns {Promise<{spans: List<FoundSpan>, of: number}>} */
export const getSpans = (source, query) => ask(`/api/${source}/spans?${query}`);
/** @param {string} step */
export const check = (step) => ask(`/api/check/${part(step)}`, { method: 'POST', headers: { 'X-Workshop-Token': token } });

/** A server that was started again has another token. */
async function renewToken() {
  const page = await (await fetch('/')).text();
  token = /<meta name="token" content="([^"]*)"/.exec(page)?.[1] ?? token;
}

/**
 * Listens as long as the page is seen. A page behind others would take up one of
 * the few connections that a browser has for a server.
 * @param {(event: string, data: any) => void} heard
 * @param {(here: boolean, again: boolean) => void} connected
 */
export function listen(heard, connected) {
  let source = /** @type {EventSource | null} */ (null);
  let before = false;
  let timer = 0;
  const stop = () => { clearTimeout(timer); source?.close(); source = null; };
  const start = () => {
    stop();
    const opened = source = new EventSource('/api/events');
    opened.onopen = async () => {
      if (before) await renewToken().catch(() => {});
      connected(true, before);
      before = true;
    };
    opened.onerror = () => {
      connected(false, before);
      before = true; // even if it was never open: the token may be another now
      stop();
      timer = setTimeout(start, 1500);
    };
    for (const name of ['verdict', 'checking', 'lesson', 'live']) {
      opened.addEventListener(name, event => heard(name, JSON.parse(event.data)));
    }
  };
  document.addEventListener('visibilitychange', () => { if (document.hidden) stop(); else if (!source) start(); });
  start();
}
