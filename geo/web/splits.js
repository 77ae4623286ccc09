// The box and the legend of split zones say what is drawn: today's, a proposal's, or none of them.
"use strict";

function bindSplits(page) {
  const box = document.querySelector('[data-layer="split"]');
  if (!box) return;
  const label = box.closest("label"), legend = label.nextElementSibling, whose = element("span", [], "licence");
  label.lastElementChild.append(" ", whose);
  const follow = () => {
    // While a figure colours the zones they are not drawn; what was on comes back with its box.
    box.checked = Boolean(page.splitsShown());
    legend.hidden = Boolean(page.coloured);
    const shown = page.proposal(), title = shown && page.splits() !== page.byKey.split ? shown.title : null;
    whose.replaceChildren(...(title ? said(eachLanguage(title, (one, i) => [`（${one}の場合）`, `(with: ${one})`][i])) : []));
  };
  page.addEventListener("paint", follow);
  follow();
}

BINDINGS.push(bindSplits);
