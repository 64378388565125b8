"""Runs inside a job, with boto3 at its default settings and nothing but the variables that the job was given. Prints JSON."""

import json
import os
import sys

import boto3
from botocore.exceptions import ClientError


def once(definition):
    """Who am I, may I submit a job, may I register a definition?"""
    batch, sts = boto3.client("batch"), boto3.client("sts")
    identity = sts.get_caller_identity()
    child = batch.submit_job(jobName="child", jobQueue="default", jobDefinition=definition)["jobId"]
    try:
        batch.register_job_definition(jobDefinitionName="own", type="container")
        refusal = None
    except ClientError as error:
        refusal = error.response["Error"]
    print(json.dumps({"arn": identity["Arn"], "account": identity["Account"], "child": child, "refusal": refusal}))


def many(stop):
    """Who am I, again and again, until a file is there. Prints each access key that the answers came by."""
    session = boto3.Session()
    sts, seen = session.client("sts"), set()
    while not os.path.exists(stop):
        arn = sts.get_caller_identity()["Arn"]
        key = session.get_credentials().get_frozen_credentials().access_key
        if key not in seen:
            seen.add(key)
            print(json.dumps({"arn": arn, "key": key}), flush=True)


def objects(bucket):
    """One set of keys for two servers."""
    boto3.client("s3").put_object(Bucket=bucket, Key="from-python", Body=b"1")
    print(json.dumps({"arn": boto3.client("sts").get_caller_identity()["Arn"]}))


if __name__ == "__main__":
    {"once": once, "many": many, "objects": objects}[sys.argv[1]](sys.argv[2])
