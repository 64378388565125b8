#!/bin/sh
# A first job with the aws CLI. Run it after: eval "$(batchyard env)"
set -eu

aws batch register-job-definition \
  --job-definition-name hello-cli \
  --type container \
  --container-properties '{
    "image": "busybox",
    "command": ["echo", "hello from the aws CLI"],
    "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}]
  }' \
  --query jobDefinitionArn --output text

job=$(aws batch submit-job --job-name hello --job-queue default --job-definition hello-cli --query jobId --output text)
echo "submitted $job"

while :; do
  status=$(aws batch describe-jobs --jobs "$job" --query 'jobs[0].status' --output text)
  case $status in SUCCEEDED | FAILED) break ;; esac
  sleep 0.2
done

stream=$(aws batch describe-jobs --jobs "$job" --query 'jobs[0].container.logStreamName' --output text)
aws logs get-log-events --log-group-name /aws/batch/job --log-stream-name "$stream" \
  --query 'events[].message' --output text
echo "$status"
