{{/* Names and labels. Every object of service X is called <fullname>-X and has component X. */}}

{{- define "pepline.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What a selector may hold: never changes while a release lives. Of a dict root, name. */}}
{{- define "pepline.selector" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{- define "pepline.labels" -}}
{{ include "pepline.selector" . }}
app.kubernetes.io/part-of: pepline
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Image of one part, e.g. "registry". Of a dict root, name, image (a whole reference, or empty). */}}
{{- define "pepline.image" -}}
{{- if .image -}}
{{- .image -}}
{{- else -}}
{{- $image := .root.Values.image -}}
{{- with $image.registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- $image.prefix }}{{ .name }}:{{ default .root.Chart.AppVersion $image.tag -}}
{{- end -}}
{{- end -}}

{{/* Host name of a service's headless Service. Of a dict root, name. */}}
{{- define "pepline.host" -}}
{{ include "pepline.fullname" .root }}-{{ .name }}.{{ .root.Release.Namespace }}.svc.{{ .root.Values.clusterDomain }}
{{- end -}}

{{/* Secret with the certificate of one peer. Of a dict root, name. */}}
{{- define "pepline.tlsSecret" -}}
{{- $given := index .root.Values.tls.secretNames .name -}}
{{- default (printf "%s-%s-tls" (include "pepline.fullname" .root) .name) $given -}}
{{- end -}}

{{- define "pepline.priorityClass" -}}
{{- $own := .Values.priorityClass -}}
{{- default (ternary (include "pepline.fullname" .) "" $own.create) $own.name -}}
{{- end -}}
