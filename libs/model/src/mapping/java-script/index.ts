export { readScriptMapper } from './read-script-mapper.js';
