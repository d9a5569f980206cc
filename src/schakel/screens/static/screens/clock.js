// The clock of the centre, in milliseconds since 1970. Never the wall clock of this computer, which may be wrong:
// between two words of the server we count with a clock that only runs forward, at the speed of the centre.
let base = null;
let from = 0;
let rate = 1;

export function set(now, speed = rate) {
  if (!Number.isFinite(now)) return;
  base = now;
  from = performance.now();
  if (Number.isFinite(speed) && speed > 0) rate = speed;
}

export const known = () => base !== null;
export const now = () => base + (performance.now() - from) * rate;

set(Number.parseInt(document.body.dataset.now, 10), Number.parseFloat(document.body.dataset.speed));
