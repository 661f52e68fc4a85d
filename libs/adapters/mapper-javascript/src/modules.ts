import { readFile, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** All together, in characters: each script has them in memory. */
const MOST_CHARACTERS = 1_000_000;

/** The folder of modules cannot be used; the message says why and what to do. */
export class ModulesUnusable extends Error {}

/** What scripts may `require` (CommonJS Modules 1.1): all `.js` files in a folder and below, without links. */
export class ModulesFolder {
  #reading: Promise<string> | undefined;

  constructor(private readonly folder: string) {}

  /**
   * A script that gives those after it `require`. `require('a/b')` is `a/b.js`; within a module `./b` and `../b` count from its
   * own folder. A module runs when it is first required, once for each script, and has the language and nothing else, as the
   * script. The folder is read once for all that begin while it is read, as those of all connections do at the start.
   * @throws ModulesUnusable
   */
  loader(): Promise<string> {
    return (this.#reading ??= this.#read().finally(() => (this.#reading = undefined)));
  }

  async #read(): Promise<string> {
    const texts = JSON.stringify(Object.fromEntries(await modulesOf(this.folder)));
    // As JSON in a text, where no name of a module means anything to the language.
    return `${LOADER}(JSON.parse(${JSON.stringify(texts)}));`;
  }
}

/** Texts by their names. */
async function modulesOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const modules = new Map<string, string>();
  let characters = 0;
  for (const path of await filesOf(folder)) {
    const text = await readFile(path, 'utf8');
    characters += text.length;
    if (characters > MOST_CHARACTERS) throw new ModulesUnusable(tooLarge(folder));
    modules.set(relative(folder, path).split(sep).join('/').slice(0, -'.js'.length), text);
  }
  return modules;
}

async function filesOf(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModulesUnusable(
      `the modules of scripts cannot be read: ${reason}; GEMEL_JAVASCRIPT_MODULES_DIR must name a folder that this process may read`,
      { cause: error },
    );
  }
}

function tooLarge(folder: string): string {
  return (
    `the modules in ${folder} have more than ${String(MOST_CHARACTERS)} characters together; each script has them all in ` +
    'memory, so leave only what scripts require in GEMEL_JAVASCRIPT_MODULES_DIR'
  );
}

const LOADER = `(function (texts) {
  var loaded = new Map();
  function nameOf(id, from) {
    var parts = /^\\.\\.?\\//.test(id) ? from.split('/').slice(0, -1) : [];
    id.replace(/\\.js$/, '').split('/').forEach(function (part) {
      if (part === '..') parts.pop();
      else if (part !== '.' && part !== '') parts.push(part);
    });
    return parts.join('/');
  }
  function load(id, from) {
    var name = nameOf(String(id), from);
    var known = loaded.get(name);
    // Also one that is being run: then what it has exported so far.
    if (known !== undefined) return known.exports;
    if (!Object.hasOwn(texts, name)) throw new Error("there is no module '" + id + "'");
    var module = { id: name, exports: {} };
    loaded.set(name, module);
    try {
      new Function('module', 'exports', 'require', texts[name])(module, module.exports, function (other) {
        return load(other, name);
      });
    } catch (error) {
      loaded.delete(name);
      if (error instanceof Error) error.message = "in the module '" + name + "': " + error.message;
      throw error;
    }
    return module.exports;
  }
  globalThis.require = function (id) {
    return load(id, '');
  };
})`;
