// Checks manifests by Kubernetes' own schema: node check_manifests.mjs <folder to work in> <file.json>, a list
// of objects. Each is validated (types, required fields, patterns) and compiled against the types made of
// the schema, to which a field that it does not know is an error. Prints what is wrong; exit code 1 then.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';

const [folder, file] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const problems = [];

// Where the class of that kind is: apps/v1/Deployment, v1/Service, and in a package of its own what is
// the operator's.
function placeOf({ apiVersion, kind }) {
  const own = apiVersion.startsWith('monitoring.coreos.com/');
  return `${own ? '@kubernetes-models/prometheus-operator' : 'kubernetes-models'}/${apiVersion}/${kind}`;
}

const sources = [];
for (const [index, manifest] of JSON.parse(fs.readFileSync(file, 'utf8')).entries()) {
  const name = `${manifest.kind}/${manifest.metadata?.name}`;
  const place = placeOf(manifest);
  const module = path.join(here, 'node_modules', `${place}.js`);
  if (!fs.existsSync(module)) {
    problems.push(`${name}: no schema knows ${manifest.apiVersion} ${manifest.kind}`);
    continue;
  }
  try {
    const { [manifest.kind]: Kind } = await import(pathToFileURL(module));
    new Kind(manifest).validate();
  } catch (error) {
    problems.push(`${name}: ${error.message}`);
  }
  const source = path.join(folder, `${index}-${manifest.kind}.mts`);
  fs.writeFileSync(
    source,
    `import type { I${manifest.kind} } from '${place}';\n` +
      `export const manifest: I${manifest.kind} = ${JSON.stringify(manifest, null, 1)};\n`,
  );
  sources.push(source);
}

fs.rmSync(path.join(folder, 'node_modules'), { force: true });
fs.symlinkSync(path.join(here, 'node_modules'), path.join(folder, 'node_modules'));
const program = ts.createProgram(sources, {
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  noEmit: true,
  skipLibCheck: true,
  strict: true,
  types: [],
});
for (const { file: at, start, messageText } of ts.getPreEmitDiagnostics(program)) {
  const line = at ? at.text.split('\n')[at.getLineAndCharacterOfPosition(start).line].trim() : '';
  problems.push(`${at ? path.basename(at.fileName) : 'typescript'}: ${line}: ` +
    ts.flattenDiagnosticMessageText(messageText, ' '));
}
if (problems.length > 0) {
  console.log(problems.join('\n'));
  process.exitCode = 1;
}
