/** An event as Batch sends it when a job fails. */
export const sampleEvent = JSON.stringify(
  {
    version: '0',
    id: 'c8f9c4b5-76e5-d76a-f980-7011e206042b',
    'detail-type': 'Batch Job State Change',
    source: 'aws.batch',
    account: '123456789012',
    time: '2026-01-31T10:00:00Z',
    region: 'us-east-1',
    resources: ['arn:aws:batch:us-east-1:123456789012:job/4c7599ae-0a82-49aa-ba5a-4727fcce14a8'],
    detail: {
      jobName: 'align',
      jobId: '4c7599ae-0a82-49aa-ba5a-4727fcce14a8',
      jobQueue: 'arn:aws:batch:us-east-1:123456789012:job-queue/default',
      status: 'FAILED',
      statusReason: 'Essential container in task exited',
    },
  },
  undefined,
  2,
);
