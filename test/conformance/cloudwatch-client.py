"""What boto3 does with CloudWatch: one line of JSON."""

import datetime
import json

import boto3

client = boto3.client("cloudwatch")
at = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0) - datetime.timedelta(minutes=2)
client.put_metric_data(
    Namespace="Python",
    MetricData=[{"MetricName": "A", "Timestamp": at, "Values": [1.0, 2.0, float(n)]} for n in range(400)],
)
stat = {"Metric": {"Namespace": "Python", "MetricName": "A"}, "Period": 60, "Stat": "SampleCount"}
answer = client.get_metric_data(
    MetricDataQueries=[{"Id": "a", "MetricStat": stat}],
    StartTime=at,
    EndTime=at + datetime.timedelta(minutes=1),
)
[result] = answer["MetricDataResults"]
try:
    client.set_alarm_state(AlarmName="none", StateValue="OK", StateReason="x")
    code = None
except client.exceptions.ResourceNotFound as error:
    code = error.response["Error"]["Code"]
metrics = list(client.get_paginator("list_metrics").paginate(Namespace="Python").search("Metrics[].MetricName"))
same_time = result["Timestamps"] == [at]
print(json.dumps({"values": result["Values"], "sameTime": same_time, "code": code, "metrics": metrics}))
