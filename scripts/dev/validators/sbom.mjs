// Checks files against CycloneDX's own schema of the version that they name.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { readFileSync } from "node:fs";
import Ajv from "ajv";
import addFormats from "ajv-formats";

const library = createRequire(import.meta.url).resolve("@cyclonedx/cyclonedx-library/package.json");
const schema = (name) =>
  JSON.parse(readFileSync(join(dirname(library), "res/schema", `${name}.SNAPSHOT.schema.json`), "utf8"));

function validator(version) {
  const ajv = new Ajv({ strict: false, allErrors: false });
  addFormats(ajv);
  for (const format of ["idn-email", "iri-reference"]) ajv.addFormat(format, true);
  for (const other of ["spdx", "jsf-0.82", "cryptography-defs"]) {
    ajv.addSchema(schema(other), `http://cyclonedx.org/schema/${other}.SNAPSHOT.schema.json`);
  }
  return ajv.compile(schema(`bom-${version}`));
}

let bad = 0;
for (const path of process.argv.slice(2)) {
  const bom = JSON.parse(readFileSync(path, "utf8"));
  const validate = validator(bom.specVersion);
  if (validate(bom)) continue;
  bad += 1;
  for (const error of validate.errors) console.error(`${path}: ${error.instancePath || "/"} ${error.message}`);
}
process.exit(bad > 0 ? 1 : 0);
