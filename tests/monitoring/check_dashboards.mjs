// Checks dashboards against the types that Grafana generates from its schema: node check_dashboards.mjs
// <folder to work in> <dashboard.json>... Prints what the compiler says; exit code 1 when it says
// anything. A key that the schema does not know is an error, as is a value of another type.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const [folder, ...dashboards] = process.argv.slice(2);
const schema = path.join(path.dirname(fileURLToPath(import.meta.url)), 'node_modules/@grafana/schema/dist/esm');

// What a panel's plugin adds, by the panel's type.
const plugins = {
  timeseries: 'raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen.d.ts',
  stat: 'raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen.d.ts',
  logs: 'raw/composable/logs/panelcfg/x/LogsPanelCfg_types.gen.d.ts',
};

// JSON has no enums, only their values.
const withoutEnums = (text) =>
  text.replace(/export (?:declare )?enum (\w+) \{([^}]*)\}/g, (_, name, body) => {
    const values = [...body.matchAll(/=\s*("[^"]*"|-?\d+)/g)].map((match) => match[1]);
    return `export type ${name} = ${values.join(' | ') || 'never'};`;
  });

function copy(from, to) {
  const text = fs.readFileSync(path.join(schema, from), 'utf8').replaceAll("'@grafana/schema'", "'./common'");
  fs.writeFileSync(path.join(folder, to), withoutEnums(text));
}

// A data source reads keys of its own in an annotation, which the general schema leaves open.
const general = ({ expr, step, titleFormat, textFormat, ...annotation }) => annotation;

function typed(dashboard) {
  const lines = ["import type { Dashboard } from './dashboard';"];
  for (const plugin of Object.keys(plugins)) lines.push(`import type * as ${plugin} from './${plugin}';`);
  const plain = { ...dashboard, annotations: { list: dashboard.annotations.list.map(general) } };
  lines.push(`export const dashboard: Dashboard = ${JSON.stringify(plain)};`);
  for (const panel of dashboard.panels) {
    if (!(panel.type in plugins)) throw new Error(`${dashboard.title}: no schema for panels of type ${panel.type}`);
    lines.push(`export const options${panel.id}: Partial<${panel.type}.Options> = ${JSON.stringify(panel.options)};`);
    const custom = panel.fieldConfig?.defaults?.custom;
    if (custom) {
      lines.push(`export const custom${panel.id}: Partial<${panel.type}.FieldConfig> = ${JSON.stringify(custom)};`);
    }
  }
  return lines.join('\n');
}

copy('raw/dashboard/x/dashboard_types.gen.d.ts', 'dashboard.d.ts');
copy('common/common.gen.d.ts', 'common.d.ts');
for (const [plugin, file] of Object.entries(plugins)) copy(file, `${plugin}.d.ts`);
const sources = dashboards.map((file) => {
  const source = path.join(folder, path.basename(file, '.json') + '.ts');
  fs.writeFileSync(source, typed(JSON.parse(fs.readFileSync(file, 'utf8'))));
  return source;
});
const program = ts.createProgram(sources, { noEmit: true, skipLibCheck: true, strict: false, types: [] });
const found = ts.getPreEmitDiagnostics(program);
for (const { file, messageText } of found) {
  console.log(`${file ? path.basename(file.fileName) : ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}
process.exit(found.length > 0 ? 1 : 0);
