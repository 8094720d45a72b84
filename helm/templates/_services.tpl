{{/*
The services that are on, as a map name -> what serviceDefaults, `services` and `redis` say together.
Every template loops over this map; none knows a service by name.
*/}}
{{- define "pepline.services" -}}
{{- range $name, $own := .Values.services -}}
{{- $service := mergeOverwrite (deepCopy $.Values.serviceDefaults) (deepCopy (default dict $own)) -}}
{{- $redis := mergeOverwrite (deepCopy $.Values.redis) (deepCopy $service.redis) -}}
{{- if $.Values.development.redis.enabled -}}
{{- $_ := set $redis "host" (include "pepline.host" (dict "root" $ "name" "redis")) -}}
{{- $_ := set $redis "port" 6379 -}}
{{- $_ := set $redis "cluster" false -}}
{{- $_ := set $redis.tls "enabled" false -}}
{{- end -}}
{{- $_ := set $service "redis" $redis -}}
{{- $_ := set $service "existingSecret" (default $.Values.existingSecret $service.existingSecret) -}}
{{- if $service.enabled }}
{{ dict $name $service | toYaml }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Whom a peer of deploy/peers.yaml may call, as a map of services. Of a dict root, name. */}}
{{- define "pepline.mayCall" -}}
{{- $peers := (.root.Files.Get "files/peers.yaml" | fromYaml).peers -}}
{{- $peer := default dict (index $peers .name) -}}
{{- default dict $peer.may_call | toYaml -}}
{{- end -}}

{{/* The least number of partitions of an event topic: more replicas than that have nothing to read. */}}
{{- define "pepline.partitions" -}}
{{- $least := 1024 -}}
{{- range (.Files.Get "files/topics.yaml" | fromYaml).topics -}}
{{- if .consumers }}{{ $least = min $least (int .partitions) }}{{ end -}}
{{- end -}}
{{- $least -}}
{{- end -}}

{{/* librdkafka's settings in one line. $(POD_NAME) is filled in by Kubernetes. */}}
{{- define "pepline.kafkaSettings" -}}
{{- $kafka := .Values.kafka -}}
{{- $all := dict "group.instance.id" "$(POD_NAME)" -}}
{{- $protocol := printf "%s%s" (ternary "sasl_" "" $kafka.sasl.enabled) (ternary "ssl" "plaintext" $kafka.tls.enabled) -}}
{{- if ne $protocol "plaintext" }}{{ $_ := set $all "security.protocol" $protocol }}{{ end -}}
{{- if and $kafka.tls.enabled $kafka.tls.existingSecret -}}
{{- $_ := set $all "ssl.ca.location" "/etc/pepline/kafka-tls/ca.crt" -}}
{{- if $kafka.tls.clientCertificate -}}
{{- $_ := set $all "ssl.certificate.location" "/etc/pepline/kafka-tls/tls.crt" -}}
{{- $_ := set $all "ssl.key.location" "/etc/pepline/kafka-tls/tls.key" -}}
{{- end -}}
{{- end -}}
{{- if $kafka.sasl.enabled -}}
{{- $_ := set $all "sasl.mechanisms" $kafka.sasl.mechanism -}}
{{- with $kafka.sasl.username }}{{ $_ := set $all "sasl.username" . }}{{ end -}}
{{- end -}}
{{- range $name, $value := $kafka.settings }}{{ $_ := set $all $name (include "pepline.plain" $value) }}{{ end -}}
{{- $pairs := list -}}
{{- range $name := keys $all | sortAlpha }}{{ $pairs = append $pairs (printf "%s=%s" $name (index $all $name)) }}{{ end -}}
{{- join "," $pairs -}}
{{- end -}}

{{/* A number without an exponent; everything else as it is. */}}
{{- define "pepline.plain" -}}
{{- if kindIs "float64" . }}{{ . | int64 }}{{ else }}{{ . | toString }}{{ end -}}
{{- end -}}

{{/*
The settings of a service that are no secret (its ConfigMap), without those of extraSettings. What
stands here, and the secrets below, may not be given in extraSettings. Of a dict root, name, service.
*/}}
{{- define "pepline.ownSettings" -}}
{{- $values := .root.Values -}}
{{- $redis := .service.redis -}}
PEPLINE_GRPC_ADDRESS: "0.0.0.0:{{ $values.ports.grpc }}"
PEPLINE_METRICS_ADDRESS: "0.0.0.0:{{ $values.ports.metrics }}"
{{- if $values.development.plainText }}
PEPLINE_GRPC_PLAIN_TEXT: "true"
{{- else }}
PEPLINE_GRPC_TLS_CERTIFICATE_FILE: /etc/pepline/tls/tls.crt
PEPLINE_GRPC_TLS_KEY_FILE: /etc/pepline/tls/tls.key
PEPLINE_GRPC_TLS_CA_FILE: /etc/pepline/tls/ca.crt
{{- end }}
PEPLINE_DRAIN_MILLISECONDS: {{ int64 .service.drainMilliseconds | quote }}
PEPLINE_REDIS_HOST: {{ $redis.host | quote }}
PEPLINE_REDIS_PORT: {{ int $redis.port | quote }}
{{- with $redis.user }}
PEPLINE_REDIS_USER: {{ . | quote }}
{{- end }}
PEPLINE_REDIS_CLUSTER: {{ $redis.cluster | quote }}
PEPLINE_REDIS_TLS: {{ $redis.tls.enabled | quote }}
{{- if $redis.tls.enabled }}
PEPLINE_REDIS_TLS_CA_FILE: /etc/pepline/redis-tls/ca.crt
{{- if $redis.tls.clientCertificate }}
PEPLINE_REDIS_TLS_CERTIFICATE_FILE: /etc/pepline/redis-tls/tls.crt
PEPLINE_REDIS_TLS_KEY_FILE: /etc/pepline/redis-tls/tls.key
{{- end }}
{{- with $redis.tls.serverName }}
PEPLINE_REDIS_TLS_SERVER_NAME: {{ . | quote }}
{{- end }}
{{- end }}
PEPLINE_KAFKA_BOOTSTRAP: {{ $values.kafka.bootstrapServers | quote }}
{{- with $values.tracing.endpoint }}
PEPLINE_OTLP_ENDPOINT: {{ . | quote }}
{{- end }}
PEPLINE_JWKS_FILE: /etc/pepline/secrets/{{ $values.tokens.jwksKey }}
PEPLINE_TOKEN_ISSUER: {{ $values.tokens.issuer | quote }}
PEPLINE_TOKEN_AUDIENCE: {{ $values.tokens.audience | quote }}
{{- if .service.sendsMail }}
PEPLINE_MAIL_FROM: {{ $values.mail.from | quote }}
{{- if $values.mail.plainText }}
PEPLINE_SMTP_PLAIN_TEXT: allowed
{{- end }}
{{- with $values.mail.allowedDomains }}
PEPLINE_MAIL_ALLOWED_DOMAINS: {{ join "," . | quote }}
{{- end }}
{{- end }}
{{- range $setting, $callee := .service.addressesOf }}
{{ $setting }}: {{ printf "%s:%d" (include "pepline.host" (dict "root" $.root "name" $callee)) (int $values.ports.grpc) | quote }}
{{- end }}
{{- range $setting, $key := .service.secretFiles }}
{{ $setting }}: /etc/pepline/secrets/{{ $key }}
{{- end }}
{{- range $setting, $folder := .service.writableFolders }}
{{ $setting }}: {{ $folder | quote }}
{{- end }}
{{- end -}}

{{- define "pepline.settings" -}}
{{- include "pepline.ownSettings" . }}
{{- range $setting, $value := .service.extraSettings }}
{{ $setting }}: {{ include "pepline.plain" $value | quote }}
{{- end }}
{{- end -}}

{{/* Secrets that reach a service as variables: map of setting -> key of the Secret. */}}
{{- define "pepline.secretSettings" -}}
{{- with .service.redis.passwordKey }}
PEPLINE_REDIS_PASSWORD: {{ . }}
{{- end }}
{{- with .root.Values.kafka.sasl }}
{{- if and .enabled .passwordKey }}
PEPLINE_KAFKA_SASL_PASSWORD: {{ .passwordKey }}
{{- end }}
{{- end }}
{{- if and .service.sendsMail .root.Values.mail.smtpUrlKey }}
PEPLINE_SMTP_URL: {{ .root.Values.mail.smtpUrlKey }}
{{- end }}
{{- range $setting, $key := .service.secrets }}
{{- if $key }}
{{ $setting }}: {{ $key }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Every key that a service's Secret must have, as a JSON list. */}}
{{- define "pepline.secretKeys" -}}
{{- $keys := values (include "pepline.secretSettings" . | fromYaml) -}}
{{- range $_, $key := .service.secretFiles }}{{ $keys = append $keys $key }}{{ end -}}
{{- if not .root.Values.tokens.jwks }}{{ $keys = append $keys .root.Values.tokens.jwksKey }}{{ end -}}
{{- $keys | uniq | sortAlpha | toJson -}}
{{- end -}}

{{/* A pod is given its stop and the drain, and then some. Of a dict root, service. */}}
{{- define "pepline.graceSeconds" -}}
{{- $stop := .root.Values.termination -}}
{{- $drain := divf (.service.drainMilliseconds | float64) 1000 | ceil | int -}}
{{- add (int $stop.preStopSleepSeconds) $drain (int $stop.marginSeconds) -}}
{{- end -}}
