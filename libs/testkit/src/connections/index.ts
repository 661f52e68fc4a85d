export { carConnection, carEvent, payloadJson, telemetry, traceparent } from './car-signals.js';
export { RunningReplica, runningReplica, runningReplicas } from './running-replica.js';
