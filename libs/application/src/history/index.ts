export { DEFAULT_BUCKETS, FluxService } from './flux-service.js';
export { TagsOfThings } from './tags-of-things.js';
export { Historian } from './historian.js';
export type { HistorianMetrics } from './historian.js';
export { SeriesAccess } from './series-access.js';
export { TimeseriesQueryInvalid } from './timeseries-query.js';
export type { TimeseriesParameters } from './timeseries-query.js';
export { TimeseriesService } from './timeseries-service.js';
export type { Timeseries, TimeseriesLeaf, TimeseriesTarget } from './timeseries-service.js';
