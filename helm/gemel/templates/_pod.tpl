{{/* `template` of the pods of a process. Takes `root`, `process`, its `values`; at will `ports`, `volumes`, `mounts`. */}}
{{- define "gemel.podTemplate" -}}
{{- $root := .root -}}
{{- $pod := mergeOverwrite (deepCopy $root.Values.pod) (deepCopy .values.pod) -}}
metadata:
  labels:
    {{- include "gemel.podLabels" (dict "root" $root "component" .process) | nindent 4 }}
    {{- with $pod.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # A change in a Secret that the release makes restarts the pods.
    checksum/secrets: {{ include "gemel.secretInputs" $root | sha256sum }}
    {{- with $pod.annotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "gemel.serviceAccount" $root }}
  automountServiceAccountToken: false
  # A Service named gemel would bring GEMEL_SERVICE_HOST, which is no setting.
  enableServiceLinks: false
  {{- with $root.Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $pod.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  securityContext:
    {{- toYaml $pod.securityContext | nindent 4 }}
  terminationGracePeriodSeconds: {{ $pod.terminationGracePeriodSeconds | int64 }}
  {{- with include "gemel.placement" (dict "root" $root "process" .process "pod" $pod) | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  containers:
    - name: {{ .process }}
      image: {{ include "gemel.image" $root | quote }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      args: [apps/{{ .process }}/bundle/main.js]
      ports:
        - { name: http, containerPort: 8080, protocol: TCP }
        {{- with .ports }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      env:
        {{- include "gemel.env" . | trim | nindent 8 }}
      {{- include "gemel.probes" $root | trim | nindent 6 }}
      lifecycle:
        preStop:
          # The image has no shell to sleep in.
          sleep: { seconds: {{ $pod.preStopSleepSeconds | int64 }} }
      resources:
        {{- toYaml .values.resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: [ALL] }
      volumeMounts:
        - { name: tmp, mountPath: /tmp }
        {{- with concat (default list .mounts) .values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: { sizeLimit: 256Mi }
    {{- with concat (default list .volumes) .values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* Where pods run. Takes `root`, `process` and `pod` settings. */}}
{{- define "gemel.placement" -}}
{{- with .pod.nodeSelector -}}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{ end }}
{{- with .pod.tolerations -}}
tolerations:
  {{- toYaml . | nindent 2 }}
{{ end }}
{{- with .pod.affinity -}}
affinity:
  {{- toYaml . | nindent 2 }}
{{ end -}}
{{- with .pod.topologySpreadConstraints -}}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- else -}}
{{- if ne .process "solo" -}}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - topologyKey: {{ . }}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "gemel.selector" (dict "root" $.root "component" $.process) | nindent 8 }}
  {{- end }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "gemel.probes" -}}
{{- range $probe, $path := dict "startup" "/alive" "liveness" "/alive" "readiness" "/ready" }}
{{ $probe }}Probe:
  httpGet: { path: {{ $path }}, port: http }
  {{- toYaml (index $.Values.probes $probe) | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What the Secrets of the release are made of; random parts stay as they are and are not in it. */}}
{{- define "gemel.secretInputs" -}}
{{- with .Values -}}
{{- list .users.value .mongodb.url .influxdb.token .mqtt.url .hono.url .proxy.url .connections.inline | toJson -}}
{{- end -}}
{{- end -}}
