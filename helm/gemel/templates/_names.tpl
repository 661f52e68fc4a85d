{{/* Start of every object's name: 40 characters at most, so that the longest name made of it is a DNS label. */}}
{{- define "gemel.fullname" -}}
{{- $chart := default .Chart.Name .Values.nameOverride -}}
{{- $name := ternary .Release.Name (printf "%s-%s" .Release.Name $chart) (contains $chart .Release.Name) -}}
{{- default $name .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Processes that run in this mode, as a JSON array of objects: `name`, and `key` of its values. */}}
{{- define "gemel.processes" -}}
{{- $keys := eq .Values.mode "solo" | ternary (list "solo") (list "things" "extendedApi" "ingest") -}}
{{- $processes := list -}}
{{- range $keys }}{{ $processes = append $processes (dict "key" . "name" (kebabcase .)) }}{{ end -}}
{{- toJson $processes -}}
{{- end -}}

{{/* Labels that a Service or a Deployment finds its pods by. Takes `root` and `component`. */}}
{{- define "gemel.selector" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{/* Labels of every pod: without the chart's version, which is no reason to restart. Takes `root` and `component`. */}}
{{- define "gemel.podLabels" -}}
{{ include "gemel.selector" . }}
app.kubernetes.io/part-of: gemel
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Labels of every object. Takes `root` and `component`. */}}
{{- define "gemel.labels" -}}
{{ include "gemel.podLabels" . }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 }}
{{- end -}}

{{/* `metadata` of an object. Takes `root`, `component`, and at will `suffix` of the name, `labels` and `annotations`. */}}
{{- define "gemel.metadata" -}}
name: {{ include "gemel.fullname" .root }}-{{ default .component .suffix }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "gemel.labels" . | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "gemel.serviceAccount" -}}
{{- $usual := .Values.serviceAccount.create | ternary (include "gemel.fullname" .) "default" -}}
{{- default $usual .Values.serviceAccount.name -}}
{{- end -}}

{{- define "gemel.image" -}}
{{- $image := .Values.image -}}
{{- with $image.registry }}{{ . }}/{{ end }}{{ $image.repository }}
{{- with $image.digest }}@{{ . }}{{ else }}:{{ default .Chart.AppVersion $image.tag }}{{ end }}
{{- end -}}
