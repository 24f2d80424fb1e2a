// The page's texts for its scripts, out of its <template>: {{@*room.js.}} of the catalogue.
export const words = {};

document.querySelectorAll('template').forEach((box) =>
  box.content.querySelectorAll('[data-k]').forEach((word) => {
    words[word.dataset.k] = word.textContent;
  }));

// %1, %2 ... of a text are the values.
export function put(text, ...values) {
  return text.replace(/%(\d)/g, (place, n) => values[n - 1]);
}
