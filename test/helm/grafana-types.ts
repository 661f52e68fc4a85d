// Grafana's sidecars and provisioning take dashboards in the classic format.
// eslint-disable-next-line @typescript-eslint/no-deprecated
export type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
