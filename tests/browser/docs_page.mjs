// Opens /docs as a person would, creates a user there, finds it again, and looks at /redoc. Prints
// one JSON object: what was seen, and everything that went wrong on the way.
// usage: node docs_page.mjs <base-url> <username> <token> <folder for screenshots>
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [base, username, token, screenshots] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), "slipway-chromium-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: "/usr/bin/chromium",
  headless: true,
  viewport: { width: 1280, height: 1000 },
  args: [
    "--no-sandbox", // Chromium refuses to sandbox what root starts
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
browser.setDefaultTimeout(30_000);
const problems = [];

async function open(path) {
  const page = await browser.newPage();
  page.on("console", (message) => {
    // What the page's policy refuses is an error here, too.
    if (["error", "warning"].includes(message.type())) {
      problems.push(`${path}: console: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => problems.push(`${path}: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${base}/`) && !url.startsWith("data:")) problems.push(`${path}: asks ${url}`);
  });
  await page.goto(`${base}${path}`);
  return page;
}

async function authorize(page) {
  await page.locator(".scheme-container .authorize").click();
  await page.locator(".auth-container input").fill(token);
  await page.locator(".auth-container input").press("Enter");
  await page.locator(".btn-done").click();
}

// Presses "Try it out" and "Execute", leaves the operation open: status and body of the answer.
async function execute(page, operationId, body) {
  const operation = page.locator(`#operations-users-${operationId}`);
  await operation.locator(".opblock-summary-control").click();
  await operation.locator(".try-out__btn").click();
  if (body) await operation.locator("textarea.body-param__text").fill(JSON.stringify(body));
  await operation.locator(".execute").click();
  const row = operation.locator(".live-responses-table .response").first();
  const status = await row.locator(".response-col_status").innerText();
  const answer = await row.locator(".highlight-code code").first().innerText();
  return { status: Number.parseInt(status, 10), answer: JSON.parse(answer), operation };
}

async function useDocs() {
  const page = await open("/docs");
  await authorize(page);
  const created = await execute(page, "create_user", { username, email: `${username}@example.com` });
  await created.operation.locator(".responses-wrapper").scrollIntoViewIfNeeded();
  await page.screenshot({ path: join(screenshots, "docs.png") });
  const listed = await execute(page, "list_users");
  await page.locator(".models .json-schema-2020-12-accordion").first().click();
  return {
    created: { status: created.status, answer: created.answer },
    listed: { status: listed.status, answer: listed.answer },
  };
}

async function readRedoc() {
  const page = await open("/redoc");
  const title = await page.locator("h1").first().innerText();
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: join(screenshots, "redoc.png") });
  return title;
}

try {
  const seen = await useDocs();
  const title = await readRedoc();
  console.log(JSON.stringify({ ...seen, title, problems }));
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
