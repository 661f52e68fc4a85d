export { influxRoutes } from './influx-routes.js';
export { timeseriesRoutes } from './timeseries-routes.js';
