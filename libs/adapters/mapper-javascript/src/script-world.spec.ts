import { Engines } from './engines.js';
import { DEFAULT_LIMITS } from './sandbox.js';
import { ScriptWorld } from './script-world.js';

/** As when other scripts have spoilt theirs just now. */
class NoSpares extends Engines {
  override take(): undefined {
    return undefined;
  }
}

const open = (engines: Engines) =>
  ScriptWorld.open({
    scripts: [
      "const run = (what) => { for (const all = []; what === 'eat'; ) all.push(new Uint8Array(100_000)); return what; };",
    ],
    entry: 'run',
    name: 'mine',
    option: 'incomingScript',
    limits: { ...DEFAULT_LIMITS, memoryBytes: 2_000_000, runMs: 20_000 },
    engines,
  });

describe('the world of a script that has spoilt it', () => {
  it('leaves messages to be delivered again while it cannot begin, and does not refuse them for good', async () => {
    const world = await open(new NoSpares());
    expect(() => world.call(['eat'])).toThrow(/memory/);
    expect(() => world.call(['good'])).toThrow(
      expect.objectContaining({ code: 'gemel:message.mapper.notready', status: 503 }),
    );
    world.close();
    expect(() => world.call(['good'])).toThrow(/closed/);
  });
});
