import fc from 'fast-check';

import { CLOSED, GIVE_UP_AFTER_MS, pauseMs, stepClient } from './connection-machine.js';
import type { ClientEffect, ClientInput, ClientRules, ClientState } from './connection-machine.js';

const patient: ClientRules = { failoverEnabled: true };
const lost: ClientInput = { type: 'lost', detail: 'refused', isMisconfigured: false };
const broken: ClientInput = { type: 'broken', detail: 'no such certificate', isMisconfigured: true };
const HOUR_MS = 3_600_000;

/** Each input comes a second after the one before. */
function run(inputs: readonly ClientInput[], rules = patient, everyMs = 1_000) {
  let state: ClientState = CLOSED;
  const effects: ClientEffect[] = [];
  for (const [index, input] of inputs.entries()) {
    const step = stepClient(state, input, rules, index * everyMs);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

describe('a client of a connection', () => {
  it('makes a connector when it opens, and ends it when it closes', () => {
    expect(run([{ type: 'open' }, { type: 'connected' }])).toEqual({
      state: { at: 'open' },
      effects: [{ do: 'openConnector' }],
    });
    expect(run([{ type: 'open' }, { type: 'connected' }, { type: 'close' }]).effects).toEqual([
      { do: 'openConnector' },
      { do: 'closeConnector' },
    ]);
  });

  it('leaves its connector to connect again, and counts the failures in a row', () => {
    expect(run([{ type: 'open' }, lost, { type: 'connected' }, lost, lost])).toEqual({
      state: { at: 'connecting', failures: 2, since: 3_000, detail: 'refused', isMisconfigured: false },
      effects: [{ do: 'openConnector' }],
    });
  });

  it('makes another connector after growing pauses when one cannot work', () => {
    const { state, effects } = run([{ type: 'open' }, broken, { type: 'timer' }, broken]);
    expect(state).toMatchObject({ at: 'waiting', failures: 2, isMisconfigured: true });
    expect(effects.filter((effect) => effect.do === 'startTimer')).toEqual([
      { do: 'startTimer', ms: 5_000 },
      { do: 'startTimer', ms: 10_000 },
    ]);
    expect(Array.from({ length: 12 }, (_, index) => pauseMs(index + 1)).slice(8)).toEqual([
      ...[1_280_000, 2_560_000, HOUR_MS, HOUR_MS],
    ]);
  });

  it('gives up at the first failure when it must not try again', () => {
    for (const failure of [lost, broken]) {
      const { state, effects } = run([{ type: 'open' }, failure, { type: 'timer' }, { type: 'connected' }], {
        failoverEnabled: false,
      });
      expect(state).toMatchObject({ at: 'failed' });
      expect(effects.at(-1)).toEqual({ do: 'closeConnector' });
    }
  });

  it('gives up after fifty tries only when Ditto would have given up, too', () => {
    expect(Math.round(GIVE_UP_AFTER_MS / HOUR_MS)).toBe(40);
    const tries = Array.from({ length: 60 }, () => lost);
    expect(run([{ type: 'open' }, ...tries]).state).toMatchObject({ at: 'connecting', failures: 60 });
    expect(run([{ type: 'open' }, ...tries], patient, HOUR_MS).state).toEqual({
      at: 'failed',
      detail: 'refused',
      isMisconfigured: false,
    });
  });

  it('can be opened again after it has given up', () => {
    const rules = { failoverEnabled: false };
    expect(run([{ type: 'open' }, lost, { type: 'open' }, { type: 'connected' }], rules).state).toEqual({ at: 'open' });
  });

  it('has one connector at most, whatever happens', () => {
    const inputs = fc.array(
      fc.oneof(
        fc.constantFrom<ClientInput>({ type: 'open' }, { type: 'close' }, { type: 'connected' }, { type: 'timer' }),
        fc.constantFrom(lost, broken),
      ),
    );
    fc.assert(
      fc.property(inputs, fc.boolean(), fc.constantFrom(1, 1_000, HOUR_MS), (sequence, failoverEnabled, everyMs) => {
        const { state, effects } = run(sequence, { failoverEnabled }, everyMs);
        let connectors = 0;
        for (const effect of effects) {
          if (effect.do === 'openConnector') connectors++;
          if (effect.do === 'closeConnector') connectors--;
          expect([0, 1]).toContain(connectors);
        }
        expect(connectors).toBe(state.at === 'connecting' || state.at === 'open' ? 1 : 0);
        if (sequence.at(-1)?.type === 'close') expect(state).toEqual(CLOSED);
      }),
    );
  });
});
