{{/* Stops the rendering when values do not go together; what one value may be is in values.schema.json. */}}
{{- define "gemel.checks" -}}
{{- $values := .Values -}}
{{- if eq .Values.mode "cluster" }}
{{- include "gemel.oneOf" (dict "mongodb.url" .Values.mongodb.url "mongodb.existingSecret" .Values.mongodb.existingSecret "bundled.mongodb.enabled" .Values.bundled.mongodb.enabled) }}
{{- include "gemel.oneOf" (dict "kafka.brokers" .Values.kafka.brokers "bundled.kafka.enabled" .Values.bundled.kafka.enabled) }}
{{- include "gemel.oneOf" (dict "influxdb.url" .Values.influxdb.url "bundled.influxdb.enabled" .Values.bundled.influxdb.enabled) }}
{{- include "gemel.oneOf" (dict "influxdb.token" .Values.influxdb.token "influxdb.existingSecret" .Values.influxdb.existingSecret "bundled.influxdb.enabled" .Values.bundled.influxdb.enabled) }}
{{- include "gemel.atMostOne" (dict "mqtt.url" .Values.mqtt.url "mqtt.existingSecret" .Values.mqtt.existingSecret "bundled.mosquitto.enabled" .Values.bundled.mosquitto.enabled) }}
{{- include "gemel.atMostOne" (dict "proxy.url" .Values.proxy.url "proxy.existingSecret" .Values.proxy.existingSecret) }}
{{- include "gemel.atMostOne" (dict "hono.url" .Values.hono.url "hono.existingSecret" .Values.hono.existingSecret) }}
{{- include "gemel.atMostOne" (dict "connections.inline" .Values.connections.inline "connections.existingSecret" .Values.connections.existingSecret) }}
{{- range $process := list "things" "extendedApi" "ingest" }}
{{- with (index $values $process).autoscaling }}
{{- if gt (int .minReplicas) (int .maxReplicas) }}{{ fail (printf "%s.autoscaling.minReplicas is more than maxReplicas" $process) }}{{ end }}
{{- end }}
{{- end }}
{{- else }}
{{- range list "mongodb" "kafka" "influxdb" "mosquitto" }}
{{- if (index $values.bundled .).enabled }}{{ fail (printf "bundled.%s.enabled needs mode: cluster; mode is solo, which has no use for it" .) }}{{ end }}
{{- end }}
{{- if and .Values.bundled.grafana.enabled (or .Values.users.value .Values.users.existingSecret) }}{{ fail "bundled.grafana.enabled in mode solo signs in as the user that the chart makes: leave users.value and users.existingSecret empty" }}{{ end }}
{{- end }}
{{- include "gemel.atMostOne" (dict "users.value" .Values.users.value "users.existingSecret" .Values.users.existingSecret) }}
{{- if regexMatch `(^|,)\s*(ditto:ditto|devops:foobar)(:|,|$)` .Values.users.value }}{{ fail "users.value has a password that everybody knows (ditto:ditto or devops:foobar): Gemel refuses it where others can reach it" }}{{ end }}
{{- range include "gemel.processes" . | fromJsonArray }}
{{- $pod := mergeOverwrite (deepCopy $values.pod) (deepCopy (index $values .key).pod) }}
{{- if ge (int $pod.preStopSleepSeconds) (int $pod.terminationGracePeriodSeconds) }}{{ fail "pod.preStopSleepSeconds must be less than pod.terminationGracePeriodSeconds, or nothing is left to drain in" }}{{ end }}
{{- end }}
{{- end -}}

{{- define "gemel.given" -}}
{{- $given := list -}}
{{- range $path, $value := . }}{{ if $value }}{{ $given = append $given $path }}{{ end }}{{ end -}}
{{- toJson $given -}}
{{- end -}}

{{- define "gemel.atMostOne" -}}
{{- $given := include "gemel.given" . | fromJsonArray -}}
{{- if gt (len $given) 1 }}{{ fail (printf "%s exclude each other: give one" (join " and " $given)) }}{{ end -}}
{{- end -}}

{{- define "gemel.oneOf" -}}
{{- include "gemel.atMostOne" . -}}
{{- if not (include "gemel.given" . | fromJsonArray) }}{{ fail (printf "mode: cluster needs one of %s" (keys . | sortAlpha | join ", ")) }}{{ end -}}
{{- end -}}
