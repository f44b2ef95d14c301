// Run by hand (node update-lock.mjs, in this folder) after an edit of package.json: writes
// package-lock.json anew, of the packages named there only. They come as finished bundles, so that
// what those were made from need not be fetched.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";

const file = "package-lock.json";
rmSync(file, { force: true });
execFileSync("npm", ["install", "--package-lock-only"], { stdio: "inherit" });

const lock = JSON.parse(readFileSync(file));
const root = lock.packages[""];
const packages = { "": root };
for (const name of Object.keys(root.dependencies)) {
  const { version, integrity, license } = lock.packages[`node_modules/${name}`];
  packages[`node_modules/${name}`] = { version, integrity, license };
}
writeFileSync(file, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`);
