// The inspector's camera: what the code says goes into the form, and the server compares it.
import { scanPage } from '/static/shared/scan-page.js';
import { words } from '/static/shared/words.js';

scanPage(words, () => {}, (text) => {
  document.getElementById('payload').value = text;
  document.getElementById('form').submit();
});
