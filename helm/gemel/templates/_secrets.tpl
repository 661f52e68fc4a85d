{{/*
A value that is in a Secret, as `{"name": …, "key": …}`: the one named by `existingSecret`, or else the release's own.
Takes `root`, `part` of the values, and `key` in the release's own Secret.
*/}}
{{- define "gemel.secretKey" -}}
{{- $part := index .root.Values .part -}}
{{- if $part.existingSecret -}}
{{- dict "name" $part.existingSecret "key" $part.existingSecretKey | toJson -}}
{{- else -}}
{{- dict "name" (printf "%s-%s" (include "gemel.fullname" .root) .part) "key" .key | toJson -}}
{{- end -}}
{{- end -}}

{{/* What the Secret of the last installation holds under the key, or else something random. Takes `root`, `secret`, `key`. */}}
{{- define "gemel.kept" -}}
{{- $secret := lookup "v1" "Secret" .root.Release.Namespace (printf "%s-%s" (include "gemel.fullname" .root) .secret) -}}
{{- $data := default dict (default dict $secret).data -}}
{{- hasKey $data .key | ternary (index $data .key | default "" | b64dec) (randAlphaNum 24) -}}
{{- end -}}

{{/* A Secret. Takes `root`, `name`, `values`. */}}
{{- define "gemel.secret" -}}
apiVersion: v1
kind: Secret
metadata:
  {{- include "gemel.metadata" (dict "root" .root "component" .name) | nindent 2 }}
type: Opaque
data:
  {{- range $key, $value := .values }}
  {{ $key }}: {{ $value | b64enc }}
  {{- end }}
{{- end -}}
