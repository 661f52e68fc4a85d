export { grouped, kilobytes } from './java-numbers.js';
