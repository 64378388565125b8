import type { SnsOperationName } from '../../../src/services/sns/index.ts';
import type { ServiceClaims } from '../claims.ts';

const topic = { supported: 'a topic is made once, listed, described, changed and deleted' };
const pages = { supported: 'listings of more than a hundred come in pages' };
const tags = { supported: 'tags of a topic are put, listed and taken off' };
const permission = { supported: 'permissions are added to the policy of a topic and removed from it' };
const subscribed = {
  supported: 'an endpoint is asked to confirm, gets nothing before it does, and then what is published',
};
const attributes = { supported: 'raw delivery posts the message alone, with the content type of the delivery policy' };
const structure = { supported: 'a message structure of json gives each protocol its own text' };
const filtered = { supported: 'filter policies on attributes and on the body let through what matches' };
const batch = { supported: 'a batch publishes what is right in it and tells what is not' };
const left = {
  supported: 'UnsubscribeURL ends a subscription, and the SubscribeURL of the farewell takes it up again',
};
const guarded = { supported: 'with AuthenticateOnUnsubscribe an unsigned Unsubscribe is refused' };
const fifo = { supported: 'a FIFO topic brings the messages of a group to its queues in order, each once' };
const order = { ...fifo, but: 'of standard topics it is told to standard queues alone, as on AWS' };
const identified = { ...fifo, but: 'standard topics refuse it, as on AWS' };
const mailed = { supported: 'an address confirms by the link of its mail, gets mails, and leaves by the link in each' };

export const snsClaims = {
  AddPermission: { '*': permission },
  CheckIfPhoneNumberIsOptedOut: 'unbuilt',
  ConfirmSubscription: { '*': subscribed, AuthenticateOnUnsubscribe: guarded },
  CreatePlatformApplication: 'unbuilt',
  CreatePlatformEndpoint: 'unbuilt',
  CreateSMSSandboxPhoneNumber: 'unbuilt',
  CreateTopic: {
    '*': topic,
    Attributes: {
      ...fifo,
      but: 'ArchivePolicy is refused: InvalidParameterException; KmsMasterKeyId, TracingConfig and delivery status logs are kept and change nothing',
    },
    Tags: tags,
    DataProtectionPolicy: {
      refused:
        'InvalidParameterException: Invalid parameter: DataProtectionPolicy Reason: not supported by this version of Batchyard',
    },
  },
  DeleteEndpoint: 'unbuilt',
  DeletePlatformApplication: 'unbuilt',
  DeleteSMSSandboxPhoneNumber: 'unbuilt',
  DeleteTopic: { '*': topic },
  GetDataProtectionPolicy: 'unbuilt',
  GetEndpointAttributes: 'unbuilt',
  GetPlatformApplicationAttributes: 'unbuilt',
  GetSMSAttributes: 'unbuilt',
  GetSMSSandboxAccountStatus: 'unbuilt',
  GetSubscriptionAttributes: { '*': subscribed },
  GetTopicAttributes: { '*': topic },
  ListEndpointsByPlatformApplication: 'unbuilt',
  ListOriginationNumbers: 'unbuilt',
  ListPhoneNumbersOptedOut: 'unbuilt',
  ListPlatformApplications: 'unbuilt',
  ListSMSSandboxPhoneNumbers: 'unbuilt',
  ListSubscriptions: { '*': pages },
  ListSubscriptionsByTopic: { '*': subscribed, NextToken: pages },
  ListTagsForResource: { '*': tags },
  ListTopics: { '*': pages },
  OptInPhoneNumber: 'unbuilt',
  Publish: {
    '*': subscribed,
    TargetArn: { supported: 'a message is published by TargetArn as by TopicArn' },
    MessageStructure: structure,
    MessageAttributes: filtered,
    PhoneNumber: {
      refused:
        'InvalidParameterException: Invalid parameter: PhoneNumber Reason: this version of Batchyard sends no text messages',
    },
    MessageDeduplicationId: identified,
    MessageGroupId: order,
  },
  PublishBatch: {
    '*': batch,
    'PublishBatchRequestEntries[].MessageDeduplicationId': identified,
    'PublishBatchRequestEntries[].MessageGroupId': order,
  },
  PutDataProtectionPolicy: 'unbuilt',
  RemovePermission: { '*': permission },
  SetEndpointAttributes: 'unbuilt',
  SetPlatformApplicationAttributes: 'unbuilt',
  SetSMSAttributes: 'unbuilt',
  SetSubscriptionAttributes: { '*': filtered },
  SetTopicAttributes: { '*': topic },
  Subscribe: { '*': subscribed, Attributes: attributes, Protocol: mailed },
  TagResource: { '*': tags },
  Unsubscribe: { '*': left },
  UntagResource: { '*': tags },
  VerifySMSSandboxPhoneNumber: 'unbuilt',
} satisfies ServiceClaims<SnsOperationName>;
