#!/bin/sh
# What AWS recommends as an image of GPU instances: all of it, two parts of it, and part by part. After: eval "$(batchyard env)"
set -eu

aws ssm get-parameter --name /aws/service/ecs/optimized-ami/amazon-linux-2/gpu/recommended --output json
aws ssm get-parameters --output json --names \
  /aws/service/ecs/optimized-ami/amazon-linux-2/gpu/recommended/image_name \
  /aws/service/ecs/optimized-ami/amazon-linux-2/gpu/recommended/image_id
aws ssm get-parameters-by-path --path /aws/service/ecs/optimized-ami/amazon-linux-2/gpu/recommended --output json
