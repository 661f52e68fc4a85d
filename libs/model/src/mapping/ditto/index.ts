export { dittoMapper, readDittoMapper } from './ditto-mapper.js';
