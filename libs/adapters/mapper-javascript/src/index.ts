export { javaScriptMappers } from './script-mapper.js';
