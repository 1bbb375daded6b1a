// A service keeps its colour as long as the page is open. The colours (in
// page.css) are told apart by the colour-blind; red is left to errors. From the
// eighth service on they come again, striped.

const colors = 7;
const seen = /** @type {Map<string, number>} */ (new Map());

/** The classes that give an element the service's colour. @param {string} service */
export function colorOf(service) {
  if (service === '') return 'c-none';
  const n = seen.get(service) ?? seen.size;
  seen.set(service, n);
  return `c${n % colors}` + (n < colors ? '' : ' striped');
}
