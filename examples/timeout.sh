#!/bin/sh
# An attempt that takes too long is ended: SIGTERM, and SIGKILL 30 seconds later. A timeout is at least 60 seconds.
# Run it after: eval "$(batchyard env)"
set -eu

aws batch register-job-definition \
  --job-definition-name timeout \
  --type container \
  --timeout attemptDurationSeconds=60 \
  --container-properties '{
    "image": "busybox",
    "command": ["sleep", "3600"],
    "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}]
  }' \
  --query jobDefinitionArn --output text

job=$(aws batch submit-job --job-name timeout --job-queue default --job-definition timeout --query jobId --output text)
while :; do
  status=$(aws batch describe-jobs --jobs "$job" --query 'jobs[0].[status,statusReason]' --output text)
  case $status in SUCCEEDED* | FAILED*) break ;; esac
  sleep 2
done
echo "$status"
