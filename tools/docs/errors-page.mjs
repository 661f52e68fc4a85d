import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { ROOT } from '../setup/run-step.mjs';

/** The page of all error codes, from the built packages: every class that has a static code and status. */
export async function errorsPage() {
  const errors = (await Promise.all(declarationFiles().map(errorsOf))).flat();
  const unique = [
    ...new Map(errors.map((error) => [`${error.code} ${error.status} ${error.message}`, error])).values(),
  ];
  unique.sort((a, b) => compare(a.area, b.area) || compare(a.code, b.code) || a.status - b.status);
  const areas = [...new Set(unique.map(({ area }) => area))];
  const sections = areas.map((area) =>
    sectionOf(
      area,
      unique.filter((error) => error.area === area),
    ),
  );
  return [
    '# Errors',
    '',
    '<!-- Made by `npm run docs` from the error classes; do not edit. -->',
    '',
    'A refusal is a JSON object with `status`, `error` (the code), `message` and mostly `description`, on every way in.',
    'Codes that Ditto has are the same here; `gemel:` marks those it has not. Parts in ‹angles› vary.',
    'Anything unexpected is a 500 whose message names an id to look for in the log.',
    '',
    ...sections,
  ].join('\n');
}

function sectionOf(area, rows) {
  const lines = rows.map(({ code, status, message, description }) => {
    return `| \`${code}\` | ${status} | ${cell(message)} | ${cell(description ?? '')} |`;
  });
  return [`## ${area}`, '', '| Code | Status | Message | What to do |', '| --- | --- | --- | --- |', ...lines, ''].join(
    '\n',
  );
}

/** Built declaration files that may declare an error. */
function declarationFiles() {
  const { references } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.build.json'), 'utf8'));
  return references.flatMap(({ path }) => {
    const folder = join(ROOT, path, '../dist');
    return readdirSync(folder, { recursive: true })
      .filter((file) => file.endsWith('.d.ts') && !file.endsWith('.spec.d.ts'))
      .map((file) => join(folder, file))
      .filter((file) => /\b(ErrorClass|GemelError)\b/.test(readFileSync(file, 'utf8')));
  });
}

async function errorsOf(file) {
  const module = await import(pathToFileURL(file.replace(/\.d\.ts$/, '.js')).href);
  const parameters = parametersIn(file);
  return Object.entries(module)
    .filter(
      ([, type]) => typeof type === 'function' && typeof type.code === 'string' && typeof type.status === 'number',
    )
    .map(([name, type]) => {
      const { message, description } = example(type, parameters.get(name) ?? []);
      return { area: areaOf(type.code), code: type.code, status: type.status, message, description };
    });
}

/** `things:thing.notfound` belongs to things. */
function areaOf(code) {
  const colon = code.indexOf(':');
  return colon > 0 ? code.slice(0, colon) : 'general';
}

/** Names and types of each error's arguments, as its declaration says: `ErrorClass<[id: string, known: readonly string[]]>`. */
function parametersIn(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const found = new Map();
  for (const statement of source.statements.filter(ts.isVariableStatement)) {
    for (const { name, type } of statement.declarationList.declarations) {
      const [tuple] = type?.typeArguments ?? [];
      if (tuple === undefined || !ts.isTupleTypeNode(tuple)) continue;
      const parameters = tuple.elements
        .filter((element) => ts.isNamedTupleMember(element) && element.questionToken === undefined)
        .map(({ name, type }) => ({
          label: name.text,
          isArray: /\[\]$|Array</.test(type.getText(source)),
          isNumber: type.kind === ts.SyntaxKind.NumberKeyword,
        }));
      found.set(name.getText(source).replace(/_base$/, ''), parameters);
    }
  }
  return found;
}

/** The error with each argument's name in its place; one that calculates with a number gets a number instead. */
function example(type, parameters) {
  const named = new type(...parameters.map(({ label, isArray }) => (isArray ? [`‹${label}›`] : `‹${label}›`)));
  if (!`${named.message} ${named.description}`.includes('NaN')) return named;
  return new type(...parameters.map(({ label, isNumber }) => (isNumber ? 60_000 : `‹${label}›`)));
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('*', '\\*').replaceAll('\n', ' ');
}

function compare(a, b) {
  return a < b ? -1 : Number(a > b);
}
