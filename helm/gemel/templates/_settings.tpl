{{/*
Settings of the processes, a line each: its name, the processes that know it, and its value, Secret or field.
A process refuses a GEMEL_ name that it does not know. A null value leaves the process' own default.
*/}}
{{- define "gemel.settings" -}}
{{- $cluster := list "things" "extended-api" "ingest" -}}
{{- $all := prepend $cluster "solo" -}}
{{- $devices := list "solo" "ingest" -}}
{{- $counting := list "solo" "things" -}}
{{- $composing := list "solo" "extended-api" -}}
{{- $config := .Values.config -}}
{{- include "gemel.setting" (list "GEMEL_HTTP_HOST" $all "0.0.0.0") }}
{{- include "gemel.setting" (list "GEMEL_HTTP_PORT" $all 8080) }}
{{- include "gemel.setting" (list "GEMEL_MQTT_HOST" (list "solo") "0.0.0.0") }}
{{- include "gemel.setting" (list "GEMEL_MQTT_PORT" (list "solo") 1883) }}
{{- include "gemel.setting" (list "GEMEL_DATA_DIR" (list "solo") "/data") }}
{{- include "gemel.setting" (list "GEMEL_LOG_LEVEL" $all $config.logLevel) }}
{{- include "gemel.setting" (list "GEMEL_TRACING" $all $config.tracing) }}
{{- include "gemel.secretSetting" (list "GEMEL_USERS" $all . "users" "users") }}
{{- include "gemel.setting" (list "GEMEL_PRE_AUTHENTICATION" $all $config.preAuthentication) }}
{{- include "gemel.issuersSetting" (list "GEMEL_OIDC_ISSUERS" $all . "oidc") }}
{{- include "gemel.setting" (list "GEMEL_OIDC_CLOCK_SKEW_MS" $all .Values.oidc.clockSkewMs) }}
{{- include "gemel.setting" (list "GEMEL_DEVOPS_AUTHENTICATION" $all .Values.devops.authentication) }}
{{- include "gemel.issuersSetting" (list "GEMEL_DEVOPS_OIDC_ISSUERS" $all . "devops") }}
{{- include "gemel.setting" (list "GEMEL_DEVOPS_SUBJECTS" $all .Values.devops.subjects) }}
{{- include "gemel.setting" (list "GEMEL_STATUS_AUTHENTICATION" $all .Values.status.authentication) }}
{{- include "gemel.setting" (list "GEMEL_STATUS_SUBJECTS" $all .Values.status.subjects) }}
{{- include "gemel.setting" (list "GEMEL_CORS_ORIGINS" $all $config.corsOrigins) }}
{{- include "gemel.setting" (list "GEMEL_FORCE_HTTPS" $all $config.forceHttps) }}
{{- include "gemel.setting" (list "GEMEL_REDIRECT_TO_HTTPS" $all $config.redirectToHttps) }}
{{- include "gemel.setting" (list "GEMEL_TRUST_FORWARDED" $all $config.trustForwarded) }}
{{- include "gemel.setting" (list "GEMEL_DEFAULT_NAMESPACE" $all $config.defaultNamespace) }}
{{- if $config.namespaceAccess }}
{{- include "gemel.setting" (list "GEMEL_NAMESPACE_ACCESS" $all (toJson $config.namespaceAccess)) }}
{{- end }}
{{- include "gemel.setting" (list "GEMEL_TOKEN_INTEGRATION_SUBJECT" $all $config.tokenIntegrationSubject) }}
{{- include "gemel.setting" (list "GEMEL_SUBJECT_EXPIRY_GRANULARITY_MS" $all $config.subjectExpiryGranularityMs) }}
{{- include "gemel.setting" (list "GEMEL_REQUEST_MAX_BYTES" $all $config.requestMaxBytes) }}
{{- include "gemel.setting" (list "GEMEL_THING_MAX_BYTES" $all $config.thingMaxBytes) }}
{{- include "gemel.setting" (list "GEMEL_POLICY_MAX_BYTES" $all $config.policyMaxBytes) }}
{{- include "gemel.setting" (list "GEMEL_SEARCH_MAX_QUERY_MS" $all $config.searchMaxQueryMs) }}
{{- include "gemel.setting" (list "GEMEL_SEARCH_SLOW_QUERY_MS" $all $config.searchSlowQueryMs) }}
{{- include "gemel.setting" (list "GEMEL_SEARCH_STREAM_THINGS_PER_SECOND" $all $config.searchStreamThingsPerSecond) }}
{{- if $config.operatorMetrics }}
{{- include "gemel.setting" (list "GEMEL_OPERATOR_METRICS" $counting (toJson $config.operatorMetrics)) }}
{{- end }}
{{- include "gemel.setting" (list "GEMEL_OPERATOR_METRICS_INTERVAL_MS" $counting $config.operatorMetricsIntervalMs) }}
{{- include "gemel.setting" (list "GEMEL_OPERATOR_METRICS_MAX_SERIES" $counting $config.operatorMetricsMaxSeries) }}
{{- include "gemel.setting" (list "GEMEL_MESSAGE_MAX_BYTES" $all $config.messageMaxBytes) }}
{{- include "gemel.setting" (list "GEMEL_HISTORICAL_HEADERS" $all $config.historicalHeaders) }}
{{- include "gemel.setting" (list "GEMEL_THING_PAST_DAYS" $all $config.thingPastDays) }}
{{- include "gemel.setting" (list "GEMEL_POLICY_PAST_DAYS" $all $config.policyPastDays) }}
{{- include "gemel.setting" (list "GEMEL_THING_PAST_REVISIONS" $all $config.thingPastRevisions) }}
{{- include "gemel.setting" (list "GEMEL_POLICY_PAST_REVISIONS" $all $config.policyPastRevisions) }}
{{- include "gemel.setting" (list "GEMEL_CONSISTENCY_CHECKS_PER_MINUTE" $all $config.consistencyChecksPerMinute) }}
{{- include "gemel.setting" (list "GEMEL_THING_MAX_WAITING_CHANGES" $all $config.thingMaxWaitingChanges) }}
{{- include "gemel.setting" (list "GEMEL_COMPOSITION" $all $config.composition) }}
{{- include "gemel.setting" (list "GEMEL_JOB_MAX_OPEN" $composing $config.jobMaxOpen) }}
{{- include "gemel.setting" (list "GEMEL_JOB_MAX_CHARACTERS" $composing $config.jobMaxCharacters) }}
{{- include "gemel.setting" (list "GEMEL_JOB_LINE_MAX_CHARACTERS" $composing $config.jobLineMaxCharacters) }}
{{- include "gemel.setting" (list "GEMEL_JOB_MAX_ERRORS" $composing $config.jobMaxErrors) }}
{{- include "gemel.setting" (list "GEMEL_JOB_REMEMBERED_HOURS" $composing $config.jobRememberedHours) }}
{{- include "gemel.setting" (list "GEMEL_JOB_AWAITED_HOURS" $composing $config.jobAwaitedHours) }}
{{- if $config.entityCreation }}
{{- include "gemel.setting" (list "GEMEL_ENTITY_CREATION" $all (toJson $config.entityCreation)) }}
{{- end }}
{{- if $config.namespacePolicies }}
{{- include "gemel.setting" (list "GEMEL_NAMESPACE_POLICIES" $all (toJson $config.namespacePolicies)) }}
{{- end }}
{{- include "gemel.setting" (list "GEMEL_CACHE_MAX_BYTES" $all $config.cacheMaxBytes) }}
{{- include "gemel.setting" (list "GEMEL_HISTORY_RETENTION_DAYS" $devices $config.historyRetentionDays) }}
{{- include "gemel.setting" (list "GEMEL_MQTT_SOURCES" $devices $config.mqtt.sources) }}
{{- include "gemel.setting" (list "GEMEL_MQTT_TARGET" $devices $config.mqtt.target) }}
{{- include "gemel.setting" (list "GEMEL_MQTT_TARGET_SUBJECTS" $devices $config.mqtt.targetSubjects) }}
{{- include "gemel.setting" (list "GEMEL_MQTT_DEVICE_PUBLISH" (list "solo") $config.mqtt.devicePublish) }}
{{- include "gemel.setting" (list "GEMEL_MQTT_DEVICE_SUBSCRIBE" (list "solo") $config.mqtt.deviceSubscribe) }}
{{- include "gemel.setting" (list "GEMEL_CONNECTIONS_BLOCKED_HOSTS" $all $config.connections.blockedHosts) }}
{{- include "gemel.setting" (list "GEMEL_CONNECTIONS_MAX_SOURCES" $all $config.connections.maxSources) }}
{{- include "gemel.setting" (list "GEMEL_CONNECTIONS_MAX_TARGETS" $all $config.connections.maxTargets) }}
{{- include "gemel.setting" (list "GEMEL_CONNECTIONS_MAX_LISTED" $all $config.connections.maxListed) }}
{{- include "gemel.setting" (list "GEMEL_CONNECTIONS_LOGS_MS" $all $config.connections.logsMs) }}
{{- include "gemel.setting" (list "GEMEL_CONNECTIONS_MESSAGES_PER_SECOND" $all $config.connections.messagesPerSecond) }}
{{- include "gemel.setting" (list "GEMEL_JAVASCRIPT_MODULES_DIR" $all $config.connections.scriptModulesDir) }}
{{- if or .Values.proxy.url .Values.proxy.existingSecret }}
{{- include "gemel.secretSetting" (list "GEMEL_HTTP_PROXY_URL" $all . "proxy" "url") }}
{{- end }}
{{- if or .Values.hono.url .Values.hono.existingSecret }}
{{- include "gemel.secretSetting" (list "GEMEL_HONO_URI" $all . "hono" "url") }}
{{- end }}
{{- include "gemel.setting" (list "GEMEL_HONO_BOOTSTRAP_SERVERS" $all .Values.hono.bootstrapServers) }}
{{- include "gemel.setting" (list "GEMEL_HONO_SASL_MECHANISM" $all .Values.hono.saslMechanism) }}
{{- include "gemel.setting" (list "GEMEL_HONO_VALIDATE_CERTIFICATES" $all .Values.hono.validateCertificates) }}
{{- include "gemel.setting" (list "GEMEL_HONO_CA" $all .Values.hono.ca) }}
{{- with .Values.connectionKeys }}
{{- $own := printf "%s-connection-keys" (include "gemel.fullname" $) }}
{{- if .existingSecret }}
- {{ dict "name" "GEMEL_CONNECTIONS_ENCRYPTION_KEY" "for" $all "secret" (dict "name" .existingSecret "key" .existingSecretKey) | toJson }}
{{- if .existingSecretOldKey }}
- {{ dict "name" "GEMEL_CONNECTIONS_OLD_ENCRYPTION_KEY" "for" $all "secret" (dict "name" .existingSecret "key" .existingSecretOldKey) | toJson }}
{{- end }}
{{- else if .current }}
- {{ dict "name" "GEMEL_CONNECTIONS_ENCRYPTION_KEY" "for" $all "secret" (dict "name" $own "key" "current") | toJson }}
- {{ dict "name" "GEMEL_CONNECTIONS_OLD_ENCRYPTION_KEY" "for" $all "secret" (dict "name" $own "key" "old") | toJson }}
{{- end }}
{{- end }}
- {{ dict "name" "GEMEL_REPLICA_NAME" "for" $cluster "field" "metadata.name" | toJson }}
{{- include "gemel.secretSetting" (list "GEMEL_MONGODB_URL" $cluster . "mongodb" "url") }}
{{- include "gemel.setting" (list "GEMEL_MONGODB_DATABASE" $cluster .Values.mongodb.database) }}
{{- include "gemel.setting" (list "GEMEL_MONGODB_SELECTION_TIMEOUT_MS" $cluster .Values.mongodb.selectionTimeoutMs) }}
{{- include "gemel.setting" (list "GEMEL_KAFKA_BROKERS" $cluster (include "gemel.kafkaBrokers" .)) }}
{{- include "gemel.setting" (list "GEMEL_KAFKA_TOPIC" $cluster .Values.kafka.topic) }}
{{- include "gemel.setting" (list "GEMEL_INFLUXDB_URL" $cluster (include "gemel.influxdbUrl" .)) }}
{{- include "gemel.secretSetting" (list "GEMEL_INFLUXDB_TOKEN" $cluster . "influxdb" "token") }}
{{- include "gemel.setting" (list "GEMEL_INFLUXDB_ORG" $cluster .Values.influxdb.org) }}
{{- include "gemel.setting" (list "GEMEL_INFLUXDB_BUCKET" $cluster .Values.influxdb.bucket) }}
{{- if include "gemel.hasMqtt" . }}
{{- include "gemel.secretSetting" (list "GEMEL_MQTT_URL" (list "ingest") . "mqtt" "url") }}
{{- end }}
{{- if include "gemel.hasConnections" . }}
{{- include "gemel.setting" (list "GEMEL_CONNECTIONS_FILE" (list "ingest") "/etc/gemel/connections.json") }}
{{- end }}
{{- end -}}

{{- define "gemel.setting" -}}
{{- $value := index . 2 -}}
{{- if kindIs "slice" $value }}{{ $value = join "," $value }}{{ end -}}
{{- if kindIs "float64" $value }}{{ $value = int64 $value }}{{ end -}}
{{- if not (kindIs "invalid" $value) }}
- {{ dict "name" (index . 0) "for" (index . 1) "value" (toString $value) | toJson }}
{{- end }}
{{- end -}}

{{/* Issuers of a part of the values: those of its Secret, or its own, or none. */}}
{{- define "gemel.issuersSetting" -}}
{{- $part := index (index . 2).Values (index . 3) -}}
{{- if $part.existingSecret }}
{{- include "gemel.secretSetting" (list (index . 0) (index . 1) (index . 2) (index . 3) "issuers") }}
{{- else if $part.issuers }}
{{- include "gemel.setting" (list (index . 0) (index . 1) (toJson $part.issuers)) }}
{{- end }}
{{- end -}}

{{- define "gemel.secretSetting" -}}
{{- $secret := include "gemel.secretKey" (dict "root" (index . 2) "part" (index . 3) "key" (index . 4)) | fromJson }}
- {{ dict "name" (index . 0) "for" (index . 1) "secret" $secret | toJson }}
{{- end -}}

{{/* `env` of a process. Takes `root`, `process` and its `values`. */}}
{{- define "gemel.env" -}}
{{- range include "gemel.settings" .root | fromYamlArray }}
{{- if has $.process .for }}
- name: {{ .name }}
  {{- if .secret }}
  valueFrom:
    secretKeyRef:
      {{- toYaml .secret | nindent 6 }}
  {{- else if .field }}
  valueFrom:
    fieldRef: { fieldPath: {{ .field }} }
  {{- else }}
  value: {{ .value | quote }}
  {{- end }}
{{- end }}
{{- end }}
{{- with .values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "gemel.kafkaBrokers" -}}
{{- if .Values.bundled.kafka.enabled }}{{ include "gemel.fullname" . }}-kafka:9092{{ else }}{{ join "," .Values.kafka.brokers }}{{ end -}}
{{- end -}}

{{- define "gemel.influxdbUrl" -}}
{{- if .Values.bundled.influxdb.enabled }}http://{{ include "gemel.fullname" . }}-influxdb:8086{{ else }}{{ .Values.influxdb.url }}{{ end -}}
{{- end -}}

{{/* Not empty when there is a broker for the default connection. */}}
{{- define "gemel.hasMqtt" -}}
{{- if or .Values.mqtt.url .Values.mqtt.existingSecret .Values.bundled.mosquitto.enabled }}yes{{ end -}}
{{- end -}}

{{/* Not empty when there are connections described. */}}
{{- define "gemel.hasConnections" -}}
{{- if or .Values.connections.inline .Values.connections.existingSecret }}yes{{ end -}}
{{- end -}}
