// The sentences of the scripts, in the language of the page. They come with the page as data.
const sentences = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

export function say(name, values = {}) {
  const sentence = sentences[name] ?? name;
  return sentence.replace(/\{(\w+)\}/g, (place, key) => values[key] ?? place);
}
