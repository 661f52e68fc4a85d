import { mapping } from './pipeline-function.js';

export const trim = mapping('fn:trim()', 0, (value) => value.trim());
