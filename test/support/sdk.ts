import { BatchClient, type BatchClientConfig } from '@aws-sdk/client-batch';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';

/** Where a server is, and the key that opens it. */
export interface Endpoint {
  readonly url: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface Clients {
  readonly batch: BatchClient;
  readonly cloudWatch: CloudWatchClient;
  readonly logs: CloudWatchLogsClient;
  readonly events: EventBridgeClient;
  readonly iam: IAMClient;
  readonly scheduler: SchedulerClient;
  readonly secrets: SecretsManagerClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
  readonly states: SFNClient;
  close(): void;
}

/** What a test may set; everything else stays as the SDK has it. */
export type ClientSettings = Pick<BatchClientConfig, 'region' | 'maxAttempts' | 'retryMode'>;

/** Real SDK clients at their default settings: only endpoint and key are ours. */
export function clientsOf({ url, credentials }: Endpoint, settings: ClientSettings = {}): Clients {
  const { accessKeyId, secretAccessKey } = credentials;
  const common = { endpoint: url, credentials: { accessKeyId, secretAccessKey }, region: 'us-east-1', ...settings };
  const clients = {
    batch: new BatchClient(common),
    cloudWatch: new CloudWatchClient(common),
    events: new EventBridgeClient(common),
    iam: new IAMClient(common),
    scheduler: new SchedulerClient(common),
    secrets: new SecretsManagerClient(common),
    sns: new SNSClient(common),
    sqs: new SQSClient(common),
    ssm: new SSMClient(common),
    sts: new STSClient(common),
    // Some operations go to `sync-` or `stream-` and the host's name, which no name server knows here.
    logs: new CloudWatchLogsClient({ ...common, disableHostPrefix: true }),
    states: new SFNClient({ ...common, disableHostPrefix: true }),
  };
  return {
    ...clients,
    close: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
