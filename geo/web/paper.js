// On paper all that is folded stands open; afterwards it is as it was.
"use strict";

function bindFolds() {
  let folded = null;
  window.addEventListener("beforeprint", () => {
    if (folded) return;
    folded = all("details:not([open])");
    for (const one of folded) one.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const one of folded || []) one.open = false;
    folded = null;
  });
}

bindFolds();
