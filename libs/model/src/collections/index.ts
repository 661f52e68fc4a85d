export { PassingMap } from './passing-map.js';
