// Exports under way: the list is fetched again until none is; without scripts the page itself is.

const EVERY_MS = 1500;
const list = document.getElementById('jobs');
const said = document.getElementById('said');

function states(root) {
  const found = new Map();
  root.querySelectorAll('[data-job]').forEach((job) => {
    found.set(job.dataset.job, job.querySelector('.state').textContent.trim());
  });
  return found;
}

// Whoever does not see the list hears what came to an end.
function tell(before, root) {
  states(root).forEach((state, id) => {
    const job = root.querySelector('[data-job="' + id + '"]');
    if (before.has(id) && before.get(id) !== state && !job.querySelector('progress')) {
      said.textContent = job.querySelector('h2').textContent + ': ' + state;
    }
  });
}

async function again() {
  try {
    const answer = await fetch('/reports/exports');
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.getElementById('jobs');
    if (answer.ok && fresh) {
      const before = states(list);
      const focused = list.contains(document.activeElement)
        ? document.activeElement.closest('[data-job]').dataset.job
        : null;
      list.replaceChildren(...fresh.childNodes);
      list.toggleAttribute('data-under-way', fresh.hasAttribute('data-under-way'));
      tell(before, list);
      const target = focused && list.querySelector('[data-job="' + focused + '"] :is(a, button)');
      if (target) target.focus();
    }
  } catch {
    // The network is gone: the next turn asks again.
  }
  if (list.hasAttribute('data-under-way')) setTimeout(again, EVERY_MS);
}

if (list.hasAttribute('data-under-way')) setTimeout(again, EVERY_MS);
