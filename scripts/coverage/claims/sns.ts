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
const noGroups = { ignored: 'topics are standard ones, and queues are not told of it' };

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
      ...topic,
      but: 'FifoTopic true, KmsMasterKeyId, ArchivePolicy, TracingConfig Active and feedback roles are refused: InvalidParameterException',
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
    MessageDeduplicationId: {
      refused:
        'InvalidParameterException: Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    },
    MessageGroupId: noGroups,
  },
  PublishBatch: {
    '*': batch,
    'PublishBatchRequestEntries[].MessageDeduplicationId': {
      ignored: 'an entry with it is answered among those that failed, as on AWS for standard topics',
    },
    'PublishBatchRequestEntries[].MessageGroupId': noGroups,
  },
  PutDataProtectionPolicy: 'unbuilt',
  RemovePermission: { '*': permission },
  SetEndpointAttributes: 'unbuilt',
  SetPlatformApplicationAttributes: 'unbuilt',
  SetSMSAttributes: 'unbuilt',
  SetSubscriptionAttributes: { '*': filtered },
  SetTopicAttributes: { '*': topic },
  Subscribe: { '*': subscribed, Attributes: attributes },
  TagResource: { '*': tags },
  Unsubscribe: { '*': left },
  UntagResource: { '*': tags },
  VerifySMSSandboxPhoneNumber: 'unbuilt',
} satisfies ServiceClaims<SnsOperationName>;
