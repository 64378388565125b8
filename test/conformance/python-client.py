"""Drives a server with boto3 at its default settings. Prints one JSON object that a test reads."""

import json
import sys
import time
import urllib.request

import boto3
from botocore.exceptions import ClientError


def wait_for_end(batch, job_id):
    """Asks until a job has ended; the test that runs this gives up first if it never does."""
    while True:
        job = batch.describe_jobs(jobs=[job_id])["jobs"][0]
        if job["status"] in ("SUCCEEDED", "FAILED"):
            return job
        time.sleep(0.02)


def main():
    batch, logs, sts = (boto3.client(name) for name in ("batch", "logs", "sts"))
    batch.register_job_definition(
        jobDefinitionName="from-python",
        type="container",
        containerProperties={"image": "i", "command": ["echo", "Ref::word"], "vcpus": 1, "memory": 32},
        parameters={"word": "unset"},
        tags={"language": "python"},
    )
    submitted = batch.submit_job(
        jobName="python", jobQueue="default", jobDefinition="from-python", parameters={"word": "hello"}
    )
    job = wait_for_end(batch, submitted["jobId"])
    stream = job["container"]["logStreamName"]
    group = "/aws/batch/job"
    events = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)["events"]
    found = logs.get_paginator("filter_log_events").paginate(logGroupName=group, filterPattern="hello")
    try:
        batch.submit_job(jobName="x", jobQueue="nowhere", jobDefinition="from-python")
        refusal = None
    except ClientError as error:
        metadata = error.response["ResponseMetadata"]
        refusal = {
            "type": type(error).__name__,
            "code": error.response["Error"]["Code"],
            "message": error.response["Error"]["Message"],
            "status": metadata["HTTPStatusCode"],
            "retries": metadata["RetryAttempts"],
        }
    url = sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    with urllib.request.urlopen(url) as response:
        presigned = response.read().decode()
    session = sts.get_session_token()["Credentials"]
    temporary = boto3.client(
        "batch",
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )
    queues = temporary.get_paginator("describe_job_queues").paginate(PaginationConfig={"PageSize": 1})
    arn = job["jobArn"]
    batch.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})
    batch.untag_resource(resourceArn=arn, tagKeys=["a"])
    json.dump(
        {
            "status": job["status"],
            "created": job["createdAt"],
            "lines": [event["message"] for event in events],
            "found": [event["message"] for page in found for event in page["events"]],
            "refusal": refusal,
            "identity": sts.get_caller_identity()["Arn"],
            "presigned": presigned,
            "queues": [queue["jobQueueName"] for page in queues for queue in page["jobQueues"]],
            "tags": batch.list_tags_for_resource(resourceArn=arn)["tags"],
        },
        sys.stdout,
    )


main()
