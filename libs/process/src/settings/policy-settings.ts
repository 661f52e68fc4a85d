import { NamespaceRoots } from '@gemel/model/policies';
import { z } from 'zod';

const policiesByPattern = z.record(z.string(), z.array(z.string()));

/** Of processes that hold twins. */
export const policySettings = {
  GEMEL_NAMESPACE_POLICIES: z
    .string()
    .default('{}')
    .transform((text, context) => parseRoots(text, (message) => context.addIssue({ code: 'custom', message })))
    .describe(
      'Namespace root policies as JSON: `{"org.example.*":["org.example:root"]}` gives every policy of a namespace that ' +
        'matches (exactly, below a prefix with `.*`, or any with `*`) the implicit entries of the policies listed.',
    ),
};

/** Faults go to `report`. */
function parseRoots(text: string, report: (fault: string) => void): NamespaceRoots {
  try {
    return new NamespaceRoots(policiesByPattern.parse(JSON.parse(text)));
  } catch (error) {
    const isNoMap = error instanceof SyntaxError || error instanceof z.ZodError;
    const reason = error instanceof Error ? error.message : '';
    report(isNoMap ? 'it must be a JSON object with a list of policy IDs for each pattern of namespaces' : reason);
    return new NamespaceRoots();
  }
}
