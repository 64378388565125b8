"""Runs inside a node of a multi-node job, with boto3 at its default settings: who am I, before the server was away and after?

Words: a directory to tell the others in, and the address of the server that is not for jobs. Prints JSON.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request

import boto3

directory, api = sys.argv[1:]
index = os.environ["AWS_BATCH_JOB_NODE_INDEX"]


def status_of(url, headers={}):
    """The status, or that nobody listens there."""
    try:
        return urllib.request.urlopen(urllib.request.Request(url, headers=headers)).status
    except urllib.error.HTTPError as error:
        return error.code
    except urllib.error.URLError as error:
        return type(error.reason).__name__


def say(word):
    with open(os.path.join(directory, word), "w"):
        pass


def hear(word):
    while not os.path.exists(os.path.join(directory, word)):
        time.sleep(0.05)


first = boto3.Session().client("sts").get_caller_identity()["Arn"]
strange = status_of(os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"], {"Authorization": "wrong"})
metadata = status_of(os.environ["ECS_CONTAINER_METADATA_URI_V4"])
reached = status_of(api) != "ConnectionRefusedError"
say(f"up-{index}")
hear("go")
again = boto3.Session().client("sts").get_caller_identity()["Arn"]
print(json.dumps({"arns": [first, again], "strange": strange, "metadata": metadata, "reached": reached}), flush=True)
say(f"done-{index}")
# The others end with the main node.
if index == os.environ["AWS_BATCH_JOB_MAIN_NODE_INDEX"]:
    for other in range(int(os.environ["AWS_BATCH_JOB_NUM_NODES"])):
        hear(f"done-{other}")
