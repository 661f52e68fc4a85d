export { boundHeap, letHeapBreathe } from './bound-heap.js';
