{{/*
A StatefulSet of one replica and its Service, of an official image. Takes `root`, `name`, and `spec`: `image`, `size`,
`resources`, `user`, `port` and `portName`, `data` (where the volume is mounted), `env`, and at will `mounts`, `volumes`,
`initContainers`, `readinessProbe` (an open port counts when there is none). Their roots are writable: the images' start
scripts write where they like.
*/}}
{{- define "gemel.bundled" -}}
{{- $names := dict "root" .root "component" .name -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "gemel.metadata" $names | nindent 2 }}
spec:
  selector:
    {{- include "gemel.selector" $names | nindent 4 }}
  ports:
    - { name: {{ .spec.portName }}, port: {{ .spec.port }}, targetPort: {{ .spec.portName }}, protocol: TCP }
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  {{- include "gemel.metadata" $names | nindent 2 }}
spec:
  replicas: 1
  serviceName: {{ include "gemel.fullname" .root }}-{{ .name }}
  revisionHistoryLimit: 5
  # Tried out and gone: passwords made at random would not fit a volume left behind.
  persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete, whenScaled: Retain }
  selector:
    matchLabels:
      {{- include "gemel.selector" $names | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "gemel.podLabels" $names | nindent 8 }}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      {{- with .root.Values.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        runAsNonRoot: true
        runAsUser: {{ .spec.user }}
        runAsGroup: {{ .spec.user }}
        fsGroup: {{ .spec.user }}
        fsGroupChangePolicy: OnRootMismatch
        seccompProfile: { type: RuntimeDefault }
      {{- with .spec.initContainers }}
      initContainers:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .name }}
          image: {{ .spec.image | quote }}
          ports:
            - { name: {{ .spec.portName }}, containerPort: {{ .spec.port }}, protocol: TCP }
          {{- with .spec.env }}
          env:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          startupProbe:
            tcpSocket: { port: {{ .spec.portName }} }
            periodSeconds: 5
            failureThreshold: 60
          livenessProbe:
            tcpSocket: { port: {{ .spec.portName }} }
            periodSeconds: 20
            failureThreshold: 6
          readinessProbe:
            {{- default (dict "tcpSocket" (dict "port" .spec.portName)) .spec.readinessProbe | toYaml | nindent 12 }}
            periodSeconds: 10
            timeoutSeconds: 10
          resources:
            {{- toYaml .spec.resources | nindent 12 }}
          securityContext:
            allowPrivilegeEscalation: false
            capabilities: { drop: [ALL] }
          volumeMounts:
            - { name: data, mountPath: {{ .spec.data }} }
            {{- with .spec.mounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      {{- with .spec.volumes }}
      volumes:
        {{- toYaml . | nindent 8 }}
      {{- end }}
  volumeClaimTemplates:
    - apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: data
        labels:
          {{- include "gemel.selector" $names | nindent 10 }}
      spec:
        accessModes: [ReadWriteOnce]
        resources:
          requests:
            storage: {{ .spec.size }}
{{- end -}}

{{/* Renders a bundled service when it is on. Takes root, its name, and the YAML that is special to it. */}}
{{- define "gemel.bundledService" -}}
{{- $root := index . 0 }}{{ $name := index . 1 }}{{ $own := index . 2 | fromYaml -}}
{{- with index $root.Values.bundled $name -}}
{{- $spec := merge $own (pick . "image" "size" "resources") -}}
{{- include "gemel.bundled" (dict "root" $root "name" $name "spec" $spec) -}}
{{- end -}}
{{- end -}}
