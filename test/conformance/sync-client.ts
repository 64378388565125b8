/** Calls the two operations of Step Functions that SDKs put `sync-` before the host for. Prints what they answer, as JSON. */
import { CreateStateMachineCommand, SFNClient, StartSyncExecutionCommand, TestStateCommand } from '@aws-sdk/client-sfn';

const pass = { Type: 'Pass', End: true };
const states = new SFNClient({});
const { stateMachineArn } = await states.send(
  new CreateStateMachineCommand({
    name: 'javascript',
    definition: JSON.stringify({ StartAt: 'A', States: { A: pass } }),
    roleArn: 'arn:aws:iam::123456789012:role/r',
    type: 'EXPRESS',
  }),
);
const input = '{"by":"javascript"}';
const started = await states.send(new StartSyncExecutionCommand({ stateMachineArn, input }));
const tested = await states.send(new TestStateCommand({ definition: JSON.stringify(pass), input }));
process.stdout.write(JSON.stringify([started.output, tested.output]));
