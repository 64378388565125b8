import type {
  GetQueueAttributesCommandOutput,
  GetQueueUrlCommandOutput,
  ListQueuesCommandOutput,
} from '@aws-sdk/client-sqs';
import type { Call } from '../api/protocol.ts';
import { useCall, type Wire } from './use-call.ts';

export function sqsCall(operation: string, input: object): Call {
  return { service: 'sqs', operation, input };
}

export function useSqsQueues(NextToken: string | undefined) {
  const input = { MaxResults: 100, ...(NextToken !== undefined && { NextToken }) };
  return useCall<Wire<ListQueuesCommandOutput>>(sqsCall('ListQueues', input));
}

export function useQueueUrl(QueueName: string) {
  return useCall<Wire<GetQueueUrlCommandOutput>>(sqsCall('GetQueueUrl', { QueueName }));
}

export function useQueueAttributes(QueueUrl: string | undefined) {
  const input = { QueueUrl, AttributeNames: ['All'] };
  const call = sqsCall('GetQueueAttributes', input);
  return useCall<Wire<GetQueueAttributesCommandOutput>>(call, { enabled: QueueUrl !== undefined, untold: true });
}
