// Says something to a screen reader, politely and not too often: what comes in between is said together afterwards.
const EVERY = 5000;
const region = document.getElementById("announce");
let last = -Infinity;
let waiting = null;
let collect = null;

function speak(text) {
  last = performance.now();
  region.textContent = "";
  region.textContent = text;
}

// `compose` makes the sentence at the moment of speaking, so that it may cover all that came in between.
export function announce(compose) {
  if (!region) return;
  collect = compose;
  if (waiting !== null) return;
  const wait = Math.max(0, last + EVERY - performance.now());
  waiting = setTimeout(() => {
    waiting = null;
    const text = collect();
    if (text) speak(text);
  }, wait);
}

// An answer to a key that was pressed: said at once.
export function answer(text) {
  if (region) speak(text);
}
