import { readFileSync } from 'node:fs';
import { expectExamples } from '@gemel/testkit/http-api';

it('answers each example of docs/types.md as the page says', async () => {
  await expectExamples(readFileSync('docs/types.md', 'utf8'));
});
