import { mapping } from './pipeline-function.js';

export const split = mapping("fn:split('separator')", 1, (value, separator = '') => value.split(separator));
