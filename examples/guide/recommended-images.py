"""The image that AWS recommends for GPU instances, by boto3. Run it after: eval "$(batchyard env)" """

import json

import boto3

ssm = boto3.client("ssm")
recommended = "/aws/service/ecs/optimized-ami/amazon-linux-2/gpu/recommended"
value = ssm.get_parameter(Name=recommended)["Parameter"]["Value"]
print(json.loads(value)["image_id"])
for parameter in ssm.get_parameters(Names=[f"{recommended}/image_name", f"{recommended}/image_id"])["Parameters"]:
    print(parameter["Value"])
for parameter in ssm.get_parameters_by_path(Path=recommended)["Parameters"]:
    print(parameter["Name"].removeprefix(f"{recommended}/"), parameter["Value"])
