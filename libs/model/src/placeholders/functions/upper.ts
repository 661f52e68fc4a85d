import { mapping } from './pipeline-function.js';

export const upper = mapping('fn:upper()', 0, (value) => value.toUpperCase());
