export { influxRoutes } from './influx-routes.js';
export { timeseriesRoutes } from './timeseries-routes.js';
export type { TimeseriesParts } from './timeseries-routes.js';
