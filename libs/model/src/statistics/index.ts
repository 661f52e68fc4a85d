export { mean, median, sampleDeviation } from './statistics.js';
