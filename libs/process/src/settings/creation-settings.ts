import { CreationRules } from '@gemel/model/creation';
import { z } from 'zod';

const texts = z.array(z.string()).default([]);
const rules = z
  .array(
    z
      .object({
        'resource-types': z.array(z.enum(['thing', 'policy'])).default([]),
        namespaces: texts,
        'auth-subjects': texts,
        'thing-definitions': z.array(z.string().nullable()).default([]),
      })
      .strict(),
  )
  .default([]);
const schema = z.object({ grant: rules, revoke: rules }).strict();

/** Of processes that hold twins. */
export const creationSettings = {
  GEMEL_ENTITY_CREATION: z
    .string()
    .default('{"grant":[{}]}')
    .transform((text, context) => parseRules(text, (message) => context.addIssue({ code: 'custom', message })))
    .describe(
      'Who may create things and policies, as JSON `{"grant":[…],"revoke":[…]}`: what a grant matches and no revoke does. ' +
        'Each has `resource-types` (`thing`, `policy`), `namespaces`, `auth-subjects` and `thing-definitions` (null: none), ' +
        'lists with the wildcards `*` and `?`; an empty or absent list matches anything.',
    ),
};

/** Faults go to `report`. */
function parseRules(text: string, report: (fault: string) => void): CreationRules {
  try {
    const { grant, revoke } = schema.parse(JSON.parse(text));
    return new CreationRules(grant.map(ruleOf), revoke.map(ruleOf));
  } catch (error) {
    report(error instanceof z.ZodError ? z.prettifyError(error) : 'it must be JSON');
    return new CreationRules([], []);
  }
}

function ruleOf(rule: z.infer<typeof rules>[number]) {
  return {
    types: rule['resource-types'],
    namespaces: rule.namespaces,
    subjects: rule['auth-subjects'],
    definitions: rule['thing-definitions'],
  };
}
