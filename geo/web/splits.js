// Whose splits the map shows, in the list of layers: today's, a proposal's.
"use strict";

function bindSplits(page) {
  const box = document.querySelector('[data-layer="split"]');
  if (!box) return;
  const whose = element("span", [], "licence");
  box.closest("label").append(whose);
  const follow = () => {
    const shown = page.proposal(), title = shown && page.splits() !== page.byKey.split ? shown.title : null;
    whose.replaceChildren(...(title ? said(eachLanguage(title, (one, i) => [`（${one}の場合）`, `(with: ${one})`][i])) : []));
  };
  page.addEventListener("paint", follow);
  follow();
}

BINDINGS.push(bindSplits);
