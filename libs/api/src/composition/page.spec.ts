import { readFileSync } from 'node:fs';
import { expectExamples } from '@gemel/testkit/http-api';

it('answers each example of docs/composition-api.md as the page says', async () => {
  await expectExamples(readFileSync('docs/composition-api.md', 'utf8'));
});
