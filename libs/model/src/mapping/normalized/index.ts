export { readNormalizedMapper } from './read-normalized-mapper.js';
