// Grafana's sidecars and provisioning take dashboards in the classic format.
// oxlint-disable-next-line typescript/no-deprecated
export type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
