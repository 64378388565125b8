import type {
  AddPermissionCommandInput,
  AddPermissionCommandOutput,
  RemovePermissionCommandInput,
  RemovePermissionCommandOutput,
} from '@aws-sdk/client-sns';
import { z } from 'zod';
import { snsOperation, topicAccess } from '../operation.ts';
import { type TopicRecord, topicRecords } from '../records.ts';
import { demand, invalidParameter } from '../refusals.ts';
import { queryList } from '../shapes.ts';
import { defaultTopicPolicy } from '../topic-attributes.ts';
import { findTopic } from '../topics.ts';

/** What AddPermission may allow. */
const actions: ReadonlySet<string> = new Set([
  ...['AddPermission', 'DeleteTopic', 'GetDataProtectionPolicy', 'GetTopicAttributes', 'ListSubscriptionsByTopic'],
  ...['ListTagsForResource', 'Publish', 'PutDataProtectionPolicy', 'RemovePermission', 'SetTopicAttributes'],
  'Subscribe',
]);

interface PolicyDocument {
  readonly Statement?: unknown;
}

function statementsOf(topic: TopicRecord): {
  readonly policy: PolicyDocument;
  readonly statements: readonly unknown[];
} {
  const policy: PolicyDocument = JSON.parse(topic.attributes.Policy ?? defaultTopicPolicy(topic));
  const { Statement: statement = [] } = policy;
  return { policy, statements: Array.isArray(statement) ? statement : [statement] };
}

function isLabelled(label: string) {
  return (statement: unknown): boolean => (statement as { readonly Sid?: unknown } | null)?.Sid === label;
}

function withStatements(topic: TopicRecord, policy: PolicyDocument, statements: readonly unknown[]): TopicRecord {
  return {
    ...topic,
    attributes: { ...topic.attributes, Policy: JSON.stringify({ ...policy, Statement: statements }) },
  };
}

/** Adds a statement to the topic's policy, which decides beside those of who calls. */
export const addPermission = snsOperation<AddPermissionCommandInput, AddPermissionCommandOutput>()({
  schema: z.object({
    TopicArn: z.string(),
    Label: z.string(),
    AWSAccountId: queryList(z.string()),
    ActionName: queryList(z.string()),
  }),
  readOnly: false,
  audit: 'management',
  access: topicAccess('AddPermission'),
  handler: ({ ledger }, { TopicArn, Label, AWSAccountId: accounts, ActionName: names }, context) => {
    const topic = findTopic(ledger, context, TopicArn);
    demand(/^[A-Za-z0-9_-]{1,80}$/.test(Label), 'Label');
    demand(accounts.length > 0 && accounts.every((id) => /^\d{12}$/.test(id)), 'AWSAccountId');
    demand(names.length > 0, 'ActionName');
    const unknown = names.find((name) => !actions.has(name));
    demand(unknown === undefined, `Policy statement action out of service scope!`);
    const { policy, statements } = statementsOf(topic);
    if (statements.some(isLabelled(Label))) throw invalidParameter('Statement already exists');
    const statement = {
      Sid: Label,
      Effect: 'Allow',
      Principal: { AWS: single(accounts.map((id) => `arn:aws:iam::${id}:root`)) },
      Action: single(names.map((name) => `SNS:${name}`)),
      Resource: topic.arn,
    };
    ledger.transact((transaction) =>
      transaction.put(topicRecords, withStatements(topic, policy, [...statements, statement])),
    );
    return {};
  },
});

function single(texts: readonly string[]): string | readonly string[] {
  return texts.length === 1 ? (texts[0] ?? '') : texts;
}

export const removePermission = snsOperation<RemovePermissionCommandInput, RemovePermissionCommandOutput>()({
  schema: z.object({ TopicArn: z.string(), Label: z.string() }),
  readOnly: false,
  audit: 'management',
  access: topicAccess('RemovePermission'),
  handler: ({ ledger }, { TopicArn, Label }, context) => {
    const topic = findTopic(ledger, context, TopicArn);
    const { policy, statements } = statementsOf(topic);
    const kept = statements.filter((statement) => !isLabelled(Label)(statement));
    ledger.transact((transaction) => transaction.put(topicRecords, withStatements(topic, policy, kept)));
    return {};
  },
});
