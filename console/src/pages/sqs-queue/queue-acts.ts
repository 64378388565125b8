import { sqsCall } from '../../data/sqs.ts';
import type { Act } from '../../views/acts/act.ts';

interface QueueActsOptions {
  readonly QueueUrl: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Called when the queue has been deleted. */
  readonly gone: () => void;
}

/** What can be done to a queue. Messages go back only from one that others send their dead letters to: the server says so. */
export function queueActs({ QueueUrl, attributes, gone }: QueueActsOptions): readonly Act[] {
  const isFifo = attributes.FifoQueue === 'true';
  return [
    {
      title: 'sqs.send',
      fields: [
        { name: 'MessageBody', label: 'topics.message', kind: 'long' },
        ...(isFifo
          ? [
              { name: 'MessageGroupId', label: 'sqs.group' },
              { name: 'MessageDeduplicationId', label: 'sqs.deduplication', optional: true },
            ]
          : []),
      ],
      call: (values) =>
        sqsCall('SendMessage', {
          QueueUrl,
          ...Object.fromEntries(Object.entries(values).filter(([, it]) => it !== '')),
        }),
    },
    { title: 'sqs.purge', warning: 'sqs.purge.all', call: () => sqsCall('PurgeQueue', { QueueUrl }) },
    {
      title: 'sqs.redrive',
      warning: 'sqs.redrive.what',
      call: () => sqsCall('StartMessageMoveTask', { SourceArn: attributes.QueueArn }),
    },
    { title: 'sqs.delete', warning: 'sqs.delete.all', call: () => sqsCall('DeleteQueue', { QueueUrl }), done: gone },
  ];
}

/** Those that SetQueueAttributes takes of every queue. */
const settable = [
  'VisibilityTimeout',
  'MessageRetentionPeriod',
  'DelaySeconds',
  'ReceiveMessageWaitTimeSeconds',
  'MaximumMessageSize',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'Policy',
];

export function attributeAct(QueueUrl: string): Act {
  return {
    title: 'sqs.set-attribute',
    fields: [
      { name: 'name', label: 'iam.name', kind: 'choice', choices: settable, initial: 'VisibilityTimeout' },
      { name: 'value', label: 'secrets.value', kind: 'long', optional: true },
    ],
    call: ({ name = '', value = '' }) => sqsCall('SetQueueAttributes', { QueueUrl, Attributes: { [name]: value } }),
  };
}
