// Durations and moments as text, as the workshop writes them in a terminal.

/** Three digits below a minute, two units above. @param {number} ns @returns {string} */
export function duration(ns) {
  if (ns < 0) return '−' + duration(-ns);
  if (ns === 0) return '0s';
  if (ns < 1000) return `${Math.round(ns)}ns`;
  /** @type {[number, string][]} */
  const units = [[1e3, 'µs'], [1e6, 'ms'], [1e9, 's']];
  for (const [unit, name] of units) {
    const value = Number((ns / unit).toPrecision(3));
    if (value < 1000 && (name !== 's' || value < 60)) return digits(value) + name;
  }
  const seconds = Math.round(ns / 1e9);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
  return `${Math.floor(seconds / 3600)}h${Math.floor(seconds % 3600 / 60)}m`;
}

/** @param {number} value */
const digits = (value) => value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

/** A round value on an axis, without digits that say nothing. @param {number} ns */
export const mark = (ns) => duration(ns).replace(/(\.\d*?)0+(\D)/, '$1$2').replace(/\.(\D)/, '$1');

/** Round values between two, about so many. @param {number} from @param {number} to @param {number} about */
export function ticks(from, to, about) {
  const rough = Math.max(to - from, 1) / Math.max(about, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map(n => n * power).find(n => n >= rough) ?? rough;
  const list = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) list.push(at);
  return list;
}

/** @param {string} moment */
export const clock = (moment) => new Date(moment).toLocaleTimeString('en-GB');

/** @param {string} moment */
export const moment = (moment) => new Date(moment).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** @param {number} bytes */
export const size = (bytes) => `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MiB`;
