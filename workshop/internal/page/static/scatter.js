// How long traces took, by when they began. The list beside it holds the same
// for those who do not see it.

import { svg } from './dom.js';
import { clock, duration, mark, ticks } from './time.js';

/** @param {Source} source */
export function scatter(source) {
  let shown = /** @type {Summary[]} */ ([]);
  const picture = svg('svg', { class: 'scatter', role: 'img', 'aria-label': 'Durations of the traces by their start; the list holds the same' });
  new ResizeObserver(() => draw()).observe(picture);

  function draw() {
    const width = picture.clientWidth, height = picture.clientHeight;
    if (width === 0 || shown.length === 0) return picture.replaceChildren();
    const left = 84, right = 24, top = 14, bottom = 34;
    const times = shown.map(trace => Date.parse(trace.start));
    const first = Math.min(...times), span = Math.max(...times) - first || 1;
    const longest = Math.max(...shown.map(trace => trace.duration), 1) * 1.08;
    const x = (/** @type {number} */ t) => left + (t - first) / span * (width - left - right);
    const y = (/** @type {number} */ d) => height - bottom - d / longest * (height - top - bottom);
    const lines = ticks(0, longest, 3).map(d => svg('g', {},
      svg('line', { x1: left, x2: width - right + 8, y1: y(d), y2: y(d) }),
      svg('text', { x: left - 10, y: y(d) + 6, 'text-anchor': 'end' }, mark(d))));
    const ends = shown.length < 2 ? [first] : [first, first + span];
    const moments = ends.map((t, i) => svg('text', { x: i === 0 ? left : width - right, y: height - 6, 'text-anchor': i === 0 ? 'start' : 'end' }, clock(new Date(t).toISOString())));
    const points = shown.map((trace, i) => {
      const at = [x(times[i]), y(trace.duration)];
      const title = svg('title', {}, `${trace.service} ${trace.operation}, ${duration(trace.duration)}${trace.errors > 0 ? ', with an error' : ''}`);
      const point = trace.errors > 0
        ? svg('path', { class: 'point bad', d: `M${at[0] - 7} ${at[1] - 7}l14 14m0 -14l-14 14` }, title)
        : svg('circle', { class: 'point', cx: at[0], cy: at[1], r: Math.min(12, 4 + Math.sqrt(trace.spans)) }, title);
      point.addEventListener('click', () => { location.hash = `#/trace/${source}/${trace.id}`; });
      return point;
    });
    picture.replaceChildren(...lines, ...moments, ...points);
  }

  return { element: picture, show: (/** @type {Summary[]} */ traces) => { shown = traces; draw(); } };
}
