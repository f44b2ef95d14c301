// Checks files against the published schema of GitHub's workflows, globs and `needs` included.
import { readFileSync } from "node:fs";
import { validateWorkflow } from "@action-validator/core";

// The innermost of what it says: what it found where.
function* leaves(error) {
  const inner = (error.states ?? []).flatMap((state) => state.errors);
  if (inner.length === 0) yield `${error.path ?? ""} ${error.title}${error.detail ? `: ${error.detail}` : ""}`;
  for (const one of inner) yield* leaves(one);
}

let bad = 0;
for (const path of process.argv.slice(2)) {
  const found = validateWorkflow(readFileSync(path, "utf8")).errors;
  for (const error of found) for (const line of leaves(error)) console.error(`${path}: ${line.trim()}`);
  if (found.length > 0) bad += 1;
}
process.exit(bad > 0 ? 1 : 0);
