import { readFileSync } from 'node:fs';
import { expectExamples } from '@gemel/testkit/http-api';

it('answers each example of docs/policies.md as the page says', async () => {
  await expectExamples(readFileSync('docs/policies.md', 'utf8'));
});
