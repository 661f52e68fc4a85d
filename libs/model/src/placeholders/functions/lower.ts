import { mapping } from './pipeline-function.js';

export const lower = mapping('fn:lower()', 0, (value) => value.toLowerCase());
