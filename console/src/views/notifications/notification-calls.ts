import type { Call } from '../../api/protocol.ts';

/** Ends and other turns of jobs of which somebody can be told. */
export const toldStatuses = ['SUCCEEDED', 'FAILED', 'RUNNING', 'RUNNABLE'] as const;

/** What of Batch somebody is to be told of. */
export interface NotificationWish {
  /** Of the topic and of the rule; letters, digits, `-` and `_`. */
  readonly name: string;
  readonly about: { readonly kind: 'job'; readonly id: string } | { readonly kind: 'queue'; readonly arn: string };
  readonly statuses: readonly string[];
  /** Whether also of a queue that is blocked by its first job. */
  readonly blocked: boolean;
  /** An address of mail; '' for a topic that others subscribe to. */
  readonly email: string;
  readonly account: string;
  readonly region: string;
}

/**
 * The calls that make a topic, a rule which sends it the events, and a subscription: in an order in which each finds what it needs.
 * The topic's policy lets that rule alone publish.
 */
export function notificationCalls(wish: NotificationWish): readonly Call[] {
  const { name, email, account, region } = wish;
  const topicArn = `arn:aws:sns:${region}:${account}:${name}`;
  const ruleArn = `arn:aws:events:${region}:${account}:rule/${name}`;
  const attributes = new Map([['Policy', JSON.stringify(topicPolicy(topicArn, ruleArn))]]);
  const subscription = { TopicArn: topicArn, Protocol: 'email', Endpoint: email };
  return [
    { service: 'sns', operation: 'CreateTopic', input: { Name: name, Attributes: attributes } },
    { service: 'events', operation: 'PutRule', input: { Name: name, EventPattern: JSON.stringify(patternOf(wish)) } },
    { service: 'events', operation: 'PutTargets', input: { Rule: name, Targets: [{ Id: 'topic', Arn: topicArn }] } },
    ...(email === '' ? [] : [{ service: 'sns', operation: 'Subscribe', input: subscription } as const]),
  ];
}

function patternOf({ about, statuses, blocked }: NotificationWish): object {
  const subject = about.kind === 'job' ? { jobId: [about.id] } : { jobQueue: [about.arn] };
  const kinds = [
    ...(statuses.length > 0
      ? [{ 'detail-type': ['Batch Job State Change'], detail: { ...subject, status: statuses } }]
      : []),
    ...(blocked ? [{ 'detail-type': ['Batch Job Queue Blocked'], detail: subject }] : []),
  ];
  return { source: ['aws.batch'], ...(kinds.length === 1 ? kinds[0] : { $or: kinds }) };
}

function topicPolicy(topicArn: string, ruleArn: string): object {
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sns:Publish',
    Resource: topicArn,
    Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
  };
  return { Version: '2012-10-17', Statement: [Statement] };
}
