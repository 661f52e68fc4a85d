import { parseTemplate } from '@gemel/model/placeholders';
import { z } from 'zod';

/** Of processes that take policies from clients. */
export const tokenSettings = {
  GEMEL_TOKEN_INTEGRATION_SUBJECT: z
    .string()
    .default('integration:{{policy-entry:label}}:{{jwt:aud}}')
    .transform((text, context) => {
      try {
        return parseTemplate(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'it is not valid' });
        return z.NEVER;
      }
    })
    .describe(
      'Subject that the policy action activateTokenIntegration adds; with `jwt:`, `header:` and `policy-entry:` placeholders.',
    ),
};
