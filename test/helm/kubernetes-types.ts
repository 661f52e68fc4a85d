/** The kinds of objects that the chart makes, by the types of the Kubernetes API; strict schemas are made from them. */
export type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1.js';
export type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2.js';
export type { ConfigMap, Pod, Secret, Service, ServiceAccount } from 'kubernetes-types/core/v1.js';
export type { Ingress, NetworkPolicy } from 'kubernetes-types/networking/v1.js';
export type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js';
export type { IServiceMonitor as ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
