/**
 * The page's only script: filters, copies, unfolds. Everything can be read without it. It never makes markup from text.
 */
export const script = `
'use strict';
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const bar = document.getElementById('filter');
  const purposes = all('details.purpose');
  const text = document.getElementById('filter-text');
  const boxes = all('#filter input[type=checkbox]');
  const shownCount = document.getElementById('shown');

  const unfold = () => {
    let name = '';
    try { name = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const target = document.getElementById(name);
    if (!target) return;
    const outer = target.closest('details');
    if (outer) { outer.hidden = false; outer.open = true; }
    target.scrollIntoView();
  };

  const filter = () => {
    const words = text.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const verdicts = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let shown = 0;
    for (const purpose of purposes) {
      const content = purpose.textContent.toLowerCase();
      const fits = verdicts.has(purpose.dataset.verdict) && words.every((word) => content.includes(word));
      purpose.hidden = !fits;
      if (fits) shown += 1;
    }
    for (const group of all('section.group')) {
      group.hidden = !group.querySelector('details.purpose:not([hidden])');
    }
    shownCount.textContent = shown === purposes.length
      ? 'all ' + shown + ' shown' : shown + ' of ' + purposes.length + ' shown';
  };

  const selectAll = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };

  const copy = async (button) => {
    const source = button.parentElement.querySelector('code');
    let copied = false;
    try { await navigator.clipboard.writeText(source.textContent); copied = true; }
    catch { selectAll(source); copied = document.execCommand('copy'); }
    button.textContent = copied ? 'Copied' : 'Selected';
  };

  if (bar) {
    bar.hidden = false;
    text.addEventListener('input', filter);
    for (const box of boxes) box.addEventListener('change', filter);
    document.getElementById('unfold-all').addEventListener('click', () => {
      for (const purpose of purposes) if (!purpose.hidden) purpose.open = true;
    });
    document.getElementById('fold-all').addEventListener('click', () => {
      for (const purpose of purposes) purpose.open = false;
    });
    filter();
  }
  for (const button of all('button.copy')) {
    button.hidden = false;
    button.addEventListener('click', () => { copy(button); });
  }
  addEventListener('hashchange', unfold);
  addEventListener('beforeprint', () => { for (const purpose of purposes) purpose.open = true; });
  if (location.hash) unfold();
})();
`
