import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { OpenScript } from '@gemel/application/ports';
import type { JsonValue } from '@gemel/model/json';
import { javaScriptMappers } from './index.js';
import { ModulesFolder, ModulesUnusable } from './modules.js';

let folder: string;
const opened: OpenScript[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gemel-modules-'));
});
afterEach(() => {
  for (const script of opened.splice(0)) script.close();
  rmSync(folder, { recursive: true });
});

function put(file: string, text: string): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** A script that maps each message to the value of an expression. */
async function open(expression: string, before = '', modulesDir = folder): Promise<OpenScript> {
  const incoming = `${before}
    function mapToDittoProtocolMsg(headers, textPayload) {
      return Ditto.buildDittoProtocolMsg(
        'a', 'b', 'things', 'twin', 'commands', 'modify', '/attributes/x', {}, ${expression}
      );
    }`;
  const script = { incoming, outgoing: undefined, loadsByteBuffer: false, loadsLong: false };
  const one = await javaScriptMappers({ modulesDir }).open(script, 'mine');
  opened.push(one);
  return one;
}

function map(script: OpenScript): JsonValue | undefined {
  return script.incoming?.({ headers: {}, payload: Buffer.from('2') }, {})[0]?.value;
}

describe('the folder of modules', () => {
  it('is read once for all scripts that begin meanwhile, and again for those after', async () => {
    const modules = new ModulesFolder(folder);
    put('a.js', 'exports.a = "first";');
    const [one, other] = [modules.loader(), modules.loader()];
    expect(other).toBe(one);
    expect(await one).toContain('first');
    put('a.js', 'exports.a = "second";');
    expect(await modules.loader()).toContain('second');
    rmSync(folder, { recursive: true });
    await expect(modules.loader()).rejects.toThrow(ModulesUnusable);
    mkdirSync(folder);
    await expect(modules.loader()).resolves.not.toContain('second');
  });
});

describe('modules of scripts', () => {
  it('export to scripts and to each other', async () => {
    put('codecs/lora.js', `const { factor } = require('./tables'); exports.decode = (text) => factor * Number(text);`);
    put('codecs/tables.js', `exports.factor = require('../shared.js').base + 1;`);
    put('shared.js', 'module.exports = { base: 20 };');
    const script = await open('lora.decode(textPayload)', `const lora = require('codecs/lora');`);
    expect(map(script)).toBe(42);
  });

  it('run once, when they are first required', async () => {
    put('count.js', 'globalThis.runs = (globalThis.runs ?? 0) + 1; exports.next = () => globalThis.runs;');
    put('unused.js', 'throw new Error("nobody asked for this");');
    const script = await open(`[globalThis.runs ?? 0, require('count').next(), require('./count.js').next()]`);
    expect(map(script)).toEqual([0, 1, 1]);
    expect(map(script)).toEqual([1, 1, 1]);
  });

  it('may require each other in a circle', async () => {
    put('a.js', `exports.early = 1; exports.seen = require('b').seen;`);
    put('b.js', `exports.seen = require('a').early;`);
    expect(map(await open(`require('a').seen`))).toBe(1);
  });

  it('have the language and nothing else', async () => {
    put('spy.js', `exports.found = ['process', 'fetch', 'setTimeout'].map((name) => typeof globalThis[name]);`);
    expect(map(await open(`require('spy').found`))).toEqual(['undefined', 'undefined', 'undefined']);
    const script = await open(`require('fs').readFileSync('/etc/passwd')`);
    expect(() => map(script)).toThrow(expect.objectContaining({ message: expect.stringContaining("no module 'fs'") }));
  });

  it.each(['../outside', '/etc/passwd', '__proto__', 'constructor', 'linked', ''])('are not %j', async (id) => {
    put('inside.js', '');
    symlinkSync('/etc/hosts', join(folder, 'linked.js'));
    const script = await open(`require(${JSON.stringify(id)})`);
    expect(() => map(script)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(`there is no module '${id}'`) }),
    );
  });

  it('may be called what means something to the language', async () => {
    put('__proto__.js', 'exports.value = 7;');
    expect(map(await open(`require('__proto__').value`))).toBe(7);
  });

  it('are named when they are at fault', async () => {
    put('broken.js', 'exports.x = ;');
    await expect(open('1', `require('broken');`)).rejects.toMatchObject({
      code: 'connectivity:message.mapper.config.failed',
      message: expect.stringContaining("in the module 'broken'"),
    });
  });

  it.each([
    ['a folder that is not there', () => join(folder, 'nowhere'), 'must name a folder'],
    ['too much', () => (put('large.js', `/*${'x'.repeat(1_000_000)}*/`), folder), 'more than 1000000 characters'],
  ])('refuse scripts for %s', async (_what, dir, reason) => {
    await expect(open('1', '', dir())).rejects.toMatchObject({
      code: 'connectivity:message.mapper.config.failed',
      message: expect.stringContaining(reason),
    });
  });

  it('are not there without a folder', async () => {
    const script = { incoming: 'require("a");', outgoing: undefined, loadsByteBuffer: false, loadsLong: false };
    await expect(javaScriptMappers().open(script, 'mine')).rejects.toMatchObject({
      message: expect.stringContaining('require'),
    });
  });
});
