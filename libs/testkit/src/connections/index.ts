export { carConnection, carEvent, payloadJson, telemetry, traceparent } from './car-signals.js';
export { KEY, PEM, SOURCE, TARGET, TUNNEL, connectionJson } from './connection-json.js';
export { RunningReplica, runningReplica, runningReplicas } from './running-replica.js';
