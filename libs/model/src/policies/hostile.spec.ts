import fc from 'fast-check';
import { GemelError } from '../errors/index.js';
import { parsePolicyId } from '../ids/index.js';
import type { JsonPointer, JsonValue } from '../json/index.js';
import type { ModifyingPolicyCommand } from './command.js';
import { decidePolicy } from './decide.js';
import { compileEnforcer } from './enforcer.js';
import { evolvePolicy } from './evolve.js';
import { parsePermissionChecks } from './permission-check.js';
import { parsePermissionQuestion } from './permission-question.js';
import { parseSubjectId } from './subject-id.js';

const policyId = parsePolicyId('a:policy');
const caller = parseSubjectId('test:me');
const context = { caller, now: 0, expiryGranularity: 1 };

const word = fc.constantFrom(
  ...['entries', 'imports', 'subjects', 'resources', 'references', 'namespaces', 'allowedAdditions', 'importable'],
  ...[
    'transitiveImports',
    'import',
    'entry',
    'grant',
    'revoke',
    'type',
    'x',
    'a:policy',
    'a:other',
    'thing:/',
    'policy:/',
  ],
  ...[
    '__proto__',
    'constructor',
    '~2',
    '//',
    '',
    '*',
    'thing://',
    'imported-x',
    '{{ request:subjectId }}',
    '{{',
    '\u0000',
  ],
);
const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<JsonValue>(null, 1, true, 'READ', 'never', 'a.*'),
    word,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(word, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
const path = fc.array(word, { maxLength: 5 });

/** The refusal; anything but a refusal is a mistake. */
function refusedBy(action: () => unknown): GemelError | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof GemelError) return error;
    throw error;
  }
}

const all = { grant: ['READ', 'WRITE'], revoke: [] };
const owner = { subjects: { 'test:me': { type: 't' } }, resources: { 'policy:/': all } };
const event = { entity: 'policy', id: policyId, timestamp: 0, headers: {} } as const;
const { created: _created, ...first } = decidePolicy(
  { kind: 'create', policyId, value: { entries: { owner, x: {} }, imports: { 'a:other': {} } } },
  undefined,
  context,
);
const state = evolvePolicy(undefined, { ...event, revision: 1, ...first });

describe('policies', () => {
  it.each(['modify', 'delete'] as const)('refuse every hostile %s, or take it and stay policies', (kind) => {
    fc.assert(
      fc.property(path, json, (at: JsonPointer, value) => {
        const command: ModifyingPolicyCommand =
          kind === 'modify' ? { kind, policyId, path: at, value } : { kind, policyId, path: at };
        refusedBy(() => {
          const { created: _new, isDone: _done, ...decision } = decidePolicy(command, state, context);
          const after = evolvePolicy(state, { ...event, revision: 2, ...decision });
          expect(after.policy.policyId).toBe(policyId);
          expect(Object.keys(after.policy)).toEqual(['policyId', 'imports', 'entries']);
          compileEnforcer(after.policy, [caller], 0);
        });
        expect({}).not.toHaveProperty('subjects');
      }),
      { numRuns: 3_000 },
    );
  });

  it('refuse hostile questions', () => {
    fc.assert(
      fc.property(json, (value) => {
        refusedBy(() => parsePermissionChecks(value));
        refusedBy(() => parsePermissionQuestion(value, { subjects: [caller], namespace: 'a' }));
      }),
    );
  });
});
