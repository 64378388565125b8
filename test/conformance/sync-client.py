"""Calls the two operations of Step Functions that SDKs put `sync-` before the host for. Prints what they answer, as JSON."""

import json

import boto3

definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
states = boto3.client("stepfunctions")
machine = states.create_state_machine(
    name="python", definition=definition, roleArn="arn:aws:iam::123456789012:role/r", type="EXPRESS"
)
started = states.start_sync_execution(stateMachineArn=machine["stateMachineArn"], input='{"by":"python"}')
tested = states.test_state(definition='{"Type":"Pass","End":true}', input='{"by":"python"}')
print(json.dumps([started["output"], tested["output"]]))
