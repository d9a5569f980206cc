// The sentences of the page in the hand, in its language. They come with the page as data.
export const words = JSON.parse(document.getElementById("field-words")?.textContent ?? "{}");
export const fill = (sentence, values) => (sentence ?? "").replace(/\{(\w+)\}/g, (place, key) => values[key] ?? place);

// A key for one report: sent twice, it is done once.
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
