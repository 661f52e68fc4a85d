import { fileName } from './file-name.mjs';
import { forbiddenSyntax } from './forbidden-syntax.mjs';

/** The house rules that no linter brings along (CONTRIBUTING.md has them all). */
export default { meta: { name: 'gemel' }, rules: { 'file-name': fileName, ...forbiddenSyntax } };
