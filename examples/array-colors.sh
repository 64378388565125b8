#!/bin/sh
# An array of seven children, each with a color of the rainbow by its index. Run it after: eval "$(batchyard env)"
set -eu

aws batch register-job-definition \
  --job-definition-name print-color \
  --type container \
  --container-properties '{
    "image": "busybox",
    "command": ["sh", "-c", "set -- red orange yellow green blue indigo violet; shift $AWS_BATCH_JOB_ARRAY_INDEX; echo My favorite color of the rainbow is $1."],
    "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "250"}]
  }' \
  --query jobDefinitionArn --output text

array=$(aws batch submit-job --job-name print-color --job-queue default --job-definition print-color \
  --array-properties size=7 --query jobId --output text)

while :; do
  status=$(aws batch describe-jobs --jobs "$array" --query 'jobs[0].status' --output text)
  case $status in SUCCEEDED | FAILED) break ;; esac
  sleep 0.2
done

for index in 0 1 2 3 4 5 6; do
  stream=$(aws batch describe-jobs --jobs "$array:$index" --query 'jobs[0].container.logStreamName' --output text)
  aws logs get-log-events --log-group-name /aws/batch/job --log-stream-name "$stream" \
    --query 'events[].message' --output text
done
echo "$status"
