"""A first job with boto3. Run it after: eval "$(batchyard env)" """

import time

import boto3

batch = boto3.client("batch")
logs = boto3.client("logs")

batch.register_job_definition(
    jobDefinitionName="hello-boto3",
    type="container",
    containerProperties={
        "image": "busybox",
        "command": ["echo", "hello from boto3"],
        "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}],
    },
)
job_id = batch.submit_job(jobName="hello", jobQueue="default", jobDefinition="hello-boto3")["jobId"]

while True:
    job = batch.describe_jobs(jobs=[job_id])["jobs"][0]
    if job["status"] in ("SUCCEEDED", "FAILED"):
        break
    time.sleep(0.2)

stream = job["container"]["logStreamName"]
for event in logs.get_log_events(logGroupName="/aws/batch/job", logStreamName=stream)["events"]:
    print(event["message"])
print(job["status"])
