"""A job that waits for two others. Run it after: eval "$(batchyard env)" """

import time

import boto3

batch = boto3.client("batch")


def submit(name, command, depends_on=()):
    batch.register_job_definition(
        jobDefinitionName=name,
        type="container",
        containerProperties={
            "image": "busybox",
            "command": ["sh", "-c", command],
            "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}],
        },
    )
    return batch.submit_job(
        jobName=name,
        jobQueue="default",
        jobDefinition=name,
        dependsOn=[{"jobId": job_id} for job_id in depends_on],
    )["jobId"]


left = submit("left", "sleep 0.2")
right = submit("right", "sleep 0.1")
total = submit("total", "true", depends_on=[left, right])

while True:
    jobs = {job["jobId"]: job for job in batch.describe_jobs(jobs=[left, right, total])["jobs"]}
    if jobs[total]["status"] in ("SUCCEEDED", "FAILED"):
        break
    time.sleep(0.2)

last_half = max(jobs[left]["stoppedAt"], jobs[right]["stoppedAt"])
print("total", jobs[total]["status"], "and started after both halves:", jobs[total]["startedAt"] >= last_half)
