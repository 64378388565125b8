import type {
  GetTopicAttributesCommandInput,
  GetTopicAttributesCommandOutput,
  SetTopicAttributesCommandInput,
  SetTopicAttributesCommandOutput,
} from '@aws-sdk/client-sns';
import { z } from 'zod';
import { snsOperation, topicAccess } from '../operation.ts';
import { topicRecords } from '../records.ts';
import { checkTopicAttribute, describeTopic, isNone } from '../topic-attributes.ts';
import { findTopic } from '../topics.ts';

export const getTopicAttributes = snsOperation<GetTopicAttributesCommandInput, GetTopicAttributesCommandOutput>()({
  schema: z.object({ TopicArn: z.string() }),
  readOnly: true,
  audit: 'management',
  access: topicAccess('GetTopicAttributes'),
  handler: ({ ledger }, { TopicArn }, context) => ({
    Attributes: describeTopic(ledger, findTopic(ledger, context, TopicArn)),
  }),
});

export const setTopicAttributes = snsOperation<SetTopicAttributesCommandInput, SetTopicAttributesCommandOutput>()({
  schema: z.object({ TopicArn: z.string(), AttributeName: z.string(), AttributeValue: z.string().optional() }),
  readOnly: false,
  audit: 'management',
  access: topicAccess('SetTopicAttributes'),
  handler: ({ ledger }, { TopicArn, AttributeName: name, AttributeValue: value = '' }, context) => {
    const topic = findTopic(ledger, context, TopicArn);
    checkTopicAttribute(topic, name, value);
    const { [name]: _, ...others } = topic.attributes;
    const attributes = isNone(topic, name, value) ? others : { ...others, [name]: value };
    ledger.transact((transaction) => transaction.put(topicRecords, { ...topic, attributes }));
    return {};
  },
});
