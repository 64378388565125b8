// Runs inside a job, with the JavaScript SDK at its default settings and nothing but the variables that the job was given.
import { BatchClient, RegisterJobDefinitionCommand, SubmitJobCommand } from '@aws-sdk/client-batch';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

const [definition] = process.argv.slice(2);
const [batch, sts] = [new BatchClient(), new STSClient()];
const { Arn: arn, Account: account } = await sts.send(new GetCallerIdentityCommand());
const child = await batch.send(
  new SubmitJobCommand({ jobName: 'child', jobQueue: 'default', jobDefinition: definition }),
);
const refusal = await batch
  .send(new RegisterJobDefinitionCommand({ jobDefinitionName: 'own', type: 'container' }))
  .then(
    () => undefined,
    ({ name, message }) => ({ Code: name, Message: message }),
  );
console.log(JSON.stringify({ arn, account, child: child.jobId, refusal }));
