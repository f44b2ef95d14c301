// Starts ReDoc on /redoc: a file of its own, because the page's policy allows no inline script.
"use strict";

Redoc.init(
  "openapi.json",
  {
    // Its fonts and its logo would come from other hosts: the machine's own fonts, no logo.
    theme: {
      typography: {
        fontFamily: "system-ui, sans-serif",
        headings: { fontFamily: "system-ui, sans-serif" },
        code: { fontFamily: "ui-monospace, monospace" },
      },
    },
    // The search would need a worker made of a blob.
    disableSearch: true,
    expandResponses: "200",
  },
  document.getElementById("redoc"),
);
