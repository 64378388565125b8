"""Tails a group until an event comes that it puts itself."""

import json
import sys
import time

import boto3

arn, group = sys.argv[1:]
logs = boto3.client("logs")
told = {"started": None, "messages": []}
for event in logs.start_live_tail(logGroupIdentifiers=[arn])["responseStream"]:
    if "sessionStart" in event:
        told["started"] = event["sessionStart"]["logGroupIdentifiers"]
        logs.put_log_events(
            logGroupName=group,
            logStreamName="stream",
            logEvents=[{"timestamp": int(time.time() * 1000), "message": "from Python"}],
        )
    for result in event.get("sessionUpdate", {}).get("sessionResults", []):
        told["messages"].append(result["message"])
    if told["messages"]:
        break
print(json.dumps(told))
