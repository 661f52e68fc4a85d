import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A reading is two bytes of temperature in hundredths; one module requires the other. */
const MODULES = {
  'codecs/reading.js': `
    const { hundredth } = require('./units');
    exports.temperatureOf = (bytes) => new DataView(bytes).getInt16(0) * hundredth;`,
  'codecs/units.js': 'exports.hundredth = 1 / 100;',
};

/** A folder of modules that scripts of connections require, as an operator would have it. */
export class ScriptModules {
  readonly #folder = mkdtempSync(join(tmpdir(), 'gemel-modules-'));

  constructor() {
    for (const [name, text] of Object.entries(MODULES)) {
      const file = join(this.#folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }

  /** Of the processes that have them. */
  get settings(): Readonly<Record<string, string>> {
    return { GEMEL_JAVASCRIPT_MODULES_DIR: this.#folder };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
