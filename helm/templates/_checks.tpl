{{/* Every mistake that the schema cannot see, all in one message, each with its fix. */}}
{{- define "pepline.check" -}}
{{- $said := dict "mistakes" list -}}
{{- $values := .Values -}}
{{- $services := include "pepline.services" . | fromYaml -}}
{{- $partitions := include "pepline.partitions" . | int -}}
{{- if not $services }}{{ include "pepline.mistake" (list $said "services: all are off; leave at least one on") }}{{ end -}}
{{- if not (regexMatch "^[-a-zA-Z0-9.]+:[0-9]+(,[-a-zA-Z0-9.]+:[0-9]+)*$" $values.kafka.bootstrapServers) -}}
{{- include "pepline.mistake" (list $said "kafka.bootstrapServers: give host:port of your Kafka brokers, separated by commas") -}}
{{- end -}}
{{- if not $values.tokens.issuer -}}
{{- include "pepline.mistake" (list $said "tokens.issuer: give the `iss` that the tokens of your identity provider carry") -}}
{{- end -}}
{{- range $path, $url := dict "tracing.endpoint" $values.tracing.endpoint "keda.prometheusAddress" $values.keda.prometheusAddress -}}
{{- if and $url (not (regexMatch "^https?://[^ /]+" $url)) -}}
{{- include "pepline.mistake" (list $said (printf "%s: give a URL that begins with http:// or https://" $path)) -}}
{{- end -}}
{{- end -}}
{{- if and $values.kafka.tls.clientCertificate (not (and $values.kafka.tls.enabled $values.kafka.tls.existingSecret)) -}}
{{- include "pepline.mistake" (list $said "kafka.tls.existingSecret: Kafka is to see a client certificate; set kafka.tls.enabled to true and name the Secret with tls.crt, tls.key and ca.crt") -}}
{{- end -}}
{{- if and (not $values.development.plainText) (eq $values.tls.mode "certManager") (not $values.tls.certManager.createIssuer) (not $values.tls.certManager.issuer.name) -}}
{{- include "pepline.mistake" (list $said "tls.certManager.issuer.name: name the cert-manager issuer to use, or set tls.certManager.createIssuer to true") -}}
{{- end -}}
{{- if and (gt (int $values.termination.preStopSleepSeconds) 0) (semverCompare "<1.30.0-0" .Capabilities.KubeVersion.Version) -}}
{{- include "pepline.mistake" (list $said (printf "termination.preStopSleepSeconds: Kubernetes %s has no sleep before the stop (1.30 has); set it to 0" .Capabilities.KubeVersion.Version)) -}}
{{- end -}}
{{- if and $values.monitoring.serviceMonitor.enabled $values.monitoring.podMonitor.enabled -}}
{{- include "pepline.mistake" (list $said "monitoring.podMonitor.enabled: the ServiceMonitor scrapes the same pods; turn one of them off") -}}
{{- end -}}
{{- range $folder, $on := dict "prometheus" $values.monitoring.rules.enabled "dashboards" $values.monitoring.dashboards.enabled -}}
{{- if and $on (not ($.Files.Glob (printf "files/%s/*" $folder))) -}}
{{- include "pepline.mistake" (list $said (printf "monitoring: the chart holds no files/%s; package it from a whole checkout" $folder)) -}}
{{- end -}}
{{- end -}}
{{- if and $values.topics.strimzi.enabled $values.topics.job.enabled -}}
{{- include "pepline.mistake" (list $said "topics.job.enabled: Strimzi makes the topics already; turn one of them off") -}}
{{- end -}}
{{- if and $values.topics.strimzi.enabled (not $values.topics.strimzi.cluster) -}}
{{- include "pepline.mistake" (list $said "topics.strimzi.cluster: name the Kafka resource of Strimzi that the topics belong to") -}}
{{- end -}}
{{- if and $values.topics.job.enabled (not $values.topics.job.commandConfigKey) (or $values.kafka.tls.enabled $values.kafka.sasl.enabled) -}}
{{- include "pepline.mistake" (list $said "topics.job.commandConfigKey: Kafka has TLS or SASL; name the key of existingSecret that holds the properties for kafka-topics.sh") -}}
{{- end -}}
{{- if and $values.topics.job.enabled $values.topics.job.commandConfigKey (not $values.existingSecret) -}}
{{- include "pepline.mistake" (list $said "topics.job.commandConfigKey: is a key of existingSecret, which is not given; name the Secret") -}}
{{- end -}}
{{- if and $values.development.redis.enabled $values.redis.passwordKey (not $values.existingSecret) -}}
{{- include "pepline.mistake" (list $said "existingSecret: the development Redis takes its password from it; name the Secret, or empty redis.passwordKey") -}}
{{- end -}}
{{- $peers := (.Files.Get "files/peers.yaml" | fromYaml).peers -}}
{{- range $values.tls.certManager.clients -}}
{{- if not (hasKey $peers .) -}}
{{- include "pepline.mistake" (list $said (printf "tls.certManager.clients: %s is no peer; deploy/peers.yaml has %s" . (keys $peers | sortAlpha | join ", "))) -}}
{{- end -}}
{{- end -}}
{{- range $name, $service := $services -}}
{{- $here := printf "services.%s" $name -}}
{{- $of := dict "root" $ "name" $name "service" $service -}}
{{- $keys := include "pepline.secretKeys" $of | fromJsonArray -}}
{{- if and $keys (not $service.existingSecret) -}}
{{- include "pepline.mistake" (list $said (printf "existingSecret: name a Secret with what %s needs: %s" $name (join ", " $keys))) -}}
{{- end -}}
{{- if not $service.redis.host -}}
{{- include "pepline.mistake" (list $said (printf "redis.host: %s has no Redis; give redis.host or %s.redis.host (for development: development.redis.enabled)" $name $here)) -}}
{{- end -}}
{{- if and $service.redis.tls.enabled (not $service.redis.tls.existingSecret) -}}
{{- include "pepline.mistake" (list $said (printf "redis.tls.existingSecret: %s speaks TLS to Redis; name the Secret with ca.crt, or set redis.tls.enabled to false" $name)) -}}
{{- end -}}
{{- if and $service.redis.user (not $service.redis.passwordKey) -}}
{{- include "pepline.mistake" (list $said (printf "redis.passwordKey: %s has a Redis user; name the key of its password" $name)) -}}
{{- end -}}
{{- if and $service.sendsMail (not (regexMatch "^[^@ ]+@[^@ ]+$" $values.mail.from)) -}}
{{- include "pepline.mistake" (list $said "mail.from: give the sender's address of all mail, such as pepline@council.gov.uk") -}}
{{- end -}}
{{- if and $service.sendsMail (not $values.mail.smtpUrlKey) (not (hasKey $service.writableFolders "PEPLINE_MAIL_FOLDER")) -}}
{{- include "pepline.mistake" (list $said (printf "mail.smtpUrlKey: mail has nowhere to go; name the key of the mail server's URL, or give %s.writableFolders.PEPLINE_MAIL_FOLDER" $here)) -}}
{{- end -}}
{{- if and $service.autoscaling.enabled $service.keda.enabled -}}
{{- include "pepline.mistake" (list $said (printf "%s.autoscaling.enabled: KEDA scales it already; turn one of them off" $here)) -}}
{{- end -}}
{{- range $kind, $scaling := dict "autoscaling" $service.autoscaling "keda" $service.keda -}}
{{- if $scaling.enabled -}}
{{- if gt (int $scaling.minReplicas) (int $scaling.maxReplicas) -}}
{{- include "pepline.mistake" (list $said (printf "%s.%s.minReplicas: is more than maxReplicas" $here $kind)) -}}
{{- end -}}
{{- if gt (int $scaling.maxReplicas) $partitions -}}
{{- include "pepline.mistake" (list $said (printf "%s.%s.maxReplicas: topics have %d partitions, and more replicas would have nothing to read; give at most %d" $here $kind $partitions $partitions)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if gt (int $service.replicas) $partitions -}}
{{- include "pepline.mistake" (list $said (printf "%s.replicas: topics have %d partitions, and more replicas would have nothing to read; give at most %d" $here $partitions $partitions)) -}}
{{- end -}}
{{- if $service.keda.enabled -}}
{{- if not $values.keda.prometheusAddress -}}
{{- include "pepline.mistake" (list $said "keda.prometheusAddress: give the URL of Prometheus, which knows the overdue alarms") -}}
{{- end -}}
{{- if and $values.kafka.sasl.enabled (not $values.keda.kafkaAuthentication) -}}
{{- include "pepline.mistake" (list $said "keda.kafkaAuthentication: Kafka asks for SASL; name a TriggerAuthentication of KEDA that holds the user") -}}
{{- end -}}
{{- end -}}
{{- range $setting, $callee := $service.addressesOf -}}
{{- if not (hasKey $services $callee) -}}
{{- include "pepline.mistake" (list $said (printf "services.%s.enabled: %s calls it; leave it on, or turn %s off too" $callee $name $name)) -}}
{{- end -}}
{{- if not (hasKey (include "pepline.mayCall" $of | fromYaml) $callee) -}}
{{- include "pepline.mistake" (list $said (printf "%s.addressesOf.%s: %s may not call %s; deploy/peers.yaml says who may" $here $setting $name $callee)) -}}
{{- end -}}
{{- end -}}
{{- $own := include "pepline.ownSettings" $of | fromYaml -}}
{{- $secret := include "pepline.secretSettings" $of | fromYaml -}}
{{- range $setting, $_ := $service.extraSettings -}}
{{- $path := index (include "pepline.valueOfSetting" $ | fromYaml) $setting -}}
{{- if or $path (hasKey $own $setting) (hasKey $secret $setting) -}}
{{- include "pepline.mistake" (list $said (printf "%s.extraSettings.%s: the chart sets it; use %s" $here $setting (default "the chart's value for it" $path))) -}}
{{- end -}}
{{- end -}}
{{- if and $service.existingSecret $keys $values.checkSecret -}}
{{- include "pepline.checkSecret" (list $said $ $name $service $keys) -}}
{{- end -}}
{{- end -}}
{{- with $said.mistakes | uniq -}}
{{- fail (printf "\n\nThe values are not right:\n  - %s\n\nhelm/README.md explains every value." (join "\n  - " .)) -}}
{{- end -}}
{{- end -}}

{{- define "pepline.mistake" -}}
{{- $said := first . -}}
{{- $_ := set $said "mistakes" (append $said.mistakes (last .)) -}}
{{- end -}}

{{/* Only where there is a cluster to ask: a rendered template cannot know its Secrets. */}}
{{- define "pepline.checkSecret" -}}
{{- $said := index . 0 -}}
{{- $root := index . 1 -}}
{{- $name := index . 3 | dig "existingSecret" "" -}}
{{- if lookup "v1" "Namespace" "" "default" -}}
{{- $found := lookup "v1" "Secret" $root.Release.Namespace $name -}}
{{- if not $found -}}
{{- include "pepline.mistake" (list $said (printf "existingSecret: there is no Secret %s in namespace %s; make it first (helm/README.md, Secrets)" $name $root.Release.Namespace)) -}}
{{- else -}}
{{- range (index . 4) -}}
{{- if not (hasKey (default dict $found.data) .) -}}
{{- include "pepline.mistake" (list $said (printf "existingSecret: the Secret %s has no key %s" $name .)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Which value of the chart stands for a setting. */}}
{{- define "pepline.valueOfSetting" -}}
PEPLINE_GRPC_ADDRESS: ports.grpc
PEPLINE_METRICS_ADDRESS: ports.metrics
PEPLINE_GRPC_PLAIN_TEXT: development.plainText
PEPLINE_GRPC_TLS_CERTIFICATE_FILE: tls
PEPLINE_GRPC_TLS_KEY_FILE: tls
PEPLINE_GRPC_TLS_CA_FILE: tls
PEPLINE_DRAIN_MILLISECONDS: drainMilliseconds
PEPLINE_REDIS_HOST: redis.host
PEPLINE_REDIS_PORT: redis.port
PEPLINE_REDIS_USER: redis.user
PEPLINE_REDIS_PASSWORD: redis.passwordKey and the Secret
PEPLINE_REDIS_CLUSTER: redis.cluster
PEPLINE_REDIS_TLS: redis.tls.enabled
PEPLINE_REDIS_TLS_CA_FILE: redis.tls.existingSecret
PEPLINE_REDIS_TLS_CERTIFICATE_FILE: redis.tls.clientCertificate
PEPLINE_REDIS_TLS_KEY_FILE: redis.tls.clientCertificate
PEPLINE_REDIS_TLS_SERVER_NAME: redis.tls.serverName
PEPLINE_KAFKA_BOOTSTRAP: kafka.bootstrapServers
PEPLINE_KAFKA_SETTINGS: kafka.settings
PEPLINE_KAFKA_SASL_PASSWORD: kafka.sasl.passwordKey and the Secret
PEPLINE_OTLP_ENDPOINT: tracing.endpoint
PEPLINE_JWKS_FILE: tokens.jwksKey
PEPLINE_TOKEN_ISSUER: tokens.issuer
PEPLINE_TOKEN_AUDIENCE: tokens.audience
PEPLINE_MAIL_FROM: mail.from
PEPLINE_MAIL_ALLOWED_DOMAINS: mail.allowedDomains
PEPLINE_SMTP_URL: mail.smtpUrlKey and the Secret
PEPLINE_SMTP_PLAIN_TEXT: mail.plainText
PEPLINE_ID_KEY: services.registry.secrets and the Secret
PEPLINE_SIGNING_KEY_FILE: services.notifications.secretFiles and the Secret
{{- end -}}
