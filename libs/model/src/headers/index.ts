export { headerText, headerValue } from './headers.js';
