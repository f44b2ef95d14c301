// Starts Swagger UI on /docs: a file of its own, because the page's policy allows no inline script.
"use strict";

window.ui = SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  displayRequestDuration: true,
  // Nothing is sent anywhere but to this service.
  validatorUrl: null,
});
