import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  GetFunctionCommand,
  GetPolicyCommand,
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
  ListFunctionsCommand,
  RemovePermissionCommand,
} from '@aws-sdk/client-lambda';
import { CreateStateMachineCommand, DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { registerShell, submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/wait.ts';
import { account, region, wholeFile } from './yard.ts';

/** The code of the tutorial: what it prints is in the log of its function. */
const listener = `
import json

def lambda_handler(event, _context):
    # _context is not used
    del _context
    if event["source"] != "aws.batch":
        raise ValueError("Function only supports input from events with a source type of: aws.batch")

    print(json.dumps(event))
`;

/** Calls a handler as Lambda's own runtime does. */
const runtime = `
import json, sys
def fail(error):
    print(json.dumps({"errorMessage": str(error), "errorType": type(error).__name__}))
    sys.exit(1)
event = json.load(sys.stdin)
try:
    answer = lambda_handler(event, None)
except Exception as error:
    fail(error)
print(json.dumps(answer))
`;

const python = (code: string) => ['python3', '-c', code + runtime];
const requests: { readonly path: string | undefined; readonly body: string; readonly context: unknown }[] = [];

/** Answers without an end. */
function flood(response: ServerResponse): void {
  const piece = Buffer.alloc(65_536, 'x');
  const more = () => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', more).on('error', () => {});
  more();
}

const endpoint = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (piece: string) => {
    body += piece;
  });
  request.on('end', () => {
    requests.push({ path: request.url, body, context: request.headers['x-amz-client-context'] });
    if (request.url === '/flood') flood(response);
    else if (request.url === '/secured') response.end(JSON.stringify(request.headers.authorization));
    else if (request.url === '/elsewhere') response.writeHead(302, { location: '/' }).end();
    else if (request.url !== '/silent') response.end(JSON.stringify({ got: JSON.parse(body) }));
  });
}).listen(0, '127.0.0.1');
await once(endpoint, 'listening');
const { port } = endpoint.address() as AddressInfo;

const directory = mkdtempSync(join(tmpdir(), 'lambda-'));
const config = join(directory, 'batchyard.json');
const functions = {
  echo: { command: ['cat'], timeout: '60s', memoryMiB: 64 },
  size: { command: ['wc', '-c'], timeout: '60s' },
  listener: { command: python(listener), timeout: '60s' },
  exits: { command: ['sh', '-c', 'echo something; exit 3'], timeout: '60s' },
  sleeps: { command: ['sleep', '1000'], timeout: '1s' },
  floods: { command: ['sh', '-c', 'yes "$(printf %1000s)" | head -c 30000000; echo; echo \'"end"\''], timeout: '120s' },
  forks: { command: ['sh', '-c', 'sleep 100000 & echo 1'], timeout: '60s' },
  shows: {
    command: ['sh', '-c', 'cat /proc/*/environ 2>/dev/null | tr "\\0" "\\n" | grep -c ^BATCHYARD_EVENT; true'],
    timeout: '60s',
  },
  far: { url: `http://127.0.0.1:${port}/elsewhere`, timeout: '60s' },
  endless: { url: `http://127.0.0.1:${port}/flood`, timeout: '60s' },
  secured: { url: `http://user:pass@127.0.0.1:${port}/secured`, timeout: '60s' },
  gone: { url: 'http://127.0.0.1:9/', timeout: '60s' },
  posted: { url: `http://127.0.0.1:${port}/`, timeout: '60s' },
  silent: { url: `http://127.0.0.1:${port}/silent`, timeout: '200ms' },
};
writeFileSync(config, JSON.stringify({ lambda: { functions } }));
const server = await ServerProcess.start(wholeFile, ['--log-level', 'warn', '--config', config]);
const clients = clientsOf(server);
const lambda = new LambdaClient({ endpoint: server.url, region, credentials: server.credentials });
after(() => {
  clients.close();
  lambda.destroy();
  endpoint.closeAllConnections();
  endpoint.close();
  rmSync(directory, { recursive: true });
});
const arnOf = (name: string) => `arn:aws:lambda:${region}:${account}:function:${name}`;

async function invoke(FunctionName: string, event: unknown = {}, more: Partial<InvokeCommandInput> = {}) {
  const { Payload, ...answer } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(event), ...more }),
  );
  const text = Payload?.transformToString() ?? '';
  return { ...answer, payload: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

test('a command is run as a job: the event is its input, and the last line of its output the answer', async () => {
  const { StatusCode, FunctionError, LogResult, ExecutedVersion, payload } = await invoke(
    'echo',
    { text: 'größe $HOME `id` "\\n"' },
    { LogType: 'Tail' },
  );
  assert.deepEqual([StatusCode, FunctionError, ExecutedVersion], [200, undefined, '$LATEST']);
  assert.deepEqual(payload, { text: 'größe $HOME `id` "\\n"' });
  assert.match(Buffer.from(LogResult ?? '', 'base64').toString(), /größe/);
});

test('an event of a megabyte arrives whole, one that is longer is refused', async () => {
  const event = { text: 'é'.repeat(524_000 - 10) };
  const { payload } = await invoke(arnOf('size'), event);
  assert.equal(Number(String(payload)), Buffer.byteLength(JSON.stringify(event)) + 1);
  await assert.rejects(invoke('size', 'x'.repeat(1024 * 1024)), { name: 'RequestTooLargeException' });
  const Payload = '{';
  await assert.rejects(invoke('size', {}, { Payload }), { name: 'InvalidRequestContentException' });
});

test('what goes wrong in a function is told in the shapes of AWS', async () => {
  const thrown = await invoke('listener', { source: 'shop' });
  assert.equal(thrown.FunctionError, 'Unhandled');
  assert.deepEqual(thrown.payload, {
    errorMessage: 'Function only supports input from events with a source type of: aws.batch',
    errorType: 'ValueError',
  });
  const ended = await invoke('exits');
  assert.equal(ended.FunctionError, 'Unhandled');
  const { errorType, errorMessage } = ended.payload as Record<string, string>;
  assert.equal(errorType, 'Runtime.ExitError');
  assert.match(errorMessage ?? '', /^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 3/);
  const late = await invoke('sleeps');
  assert.match(JSON.stringify(late.payload), /Sandbox.Timedout.*Task timed out after 1.00 seconds/);
});

test('a URL is posted to, at the path of the emulator unless it has one; it may answer too late, or not at all', async () => {
  assert.deepEqual((await invoke('posted', { a: 1 })).payload, { got: { a: 1 } });
  assert.equal(requests[0]?.path, '/2015-03-31/functions/function/invocations');
  assert.match(JSON.stringify((await invoke('silent')).payload), /Sandbox.Timedout/);
});

test('an invocation is waited for, or not, or only asked about', async () => {
  const count = () => requests.filter(({ body }) => body.includes('types')).length;
  assert.equal((await invoke('posted', { types: 1 })).StatusCode, 200);
  const dry = await invoke('posted', { types: 2 }, { InvocationType: 'DryRun' });
  assert.deepEqual([dry.StatusCode, dry.payload, count()], [204, undefined, 1]);
  const event = await invoke('posted', { types: 3 }, { InvocationType: 'Event' });
  assert.deepEqual([event.StatusCode, event.payload], [202, undefined]);
  await until('the event at its function', async () => count() === 2);
});

test('a URL is told what the client says of itself', async () => {
  const ClientContext = Buffer.from('{"client":{}}').toString('base64');
  await invoke('posted', { told: 1 }, { ClientContext });
  assert.equal(requests.find(({ body }) => body === '{"told":1}')?.context, ClientContext);
});

test('a URL may have a password; one that answers without an end, sends elsewhere or is not there is told of', async () => {
  assert.match(JSON.stringify((await invoke('endless')).payload), /Function.ResponseSizeTooLarge/);
  assert.equal((await invoke('secured')).payload, `Basic ${Buffer.from('user:pass').toString('base64')}`);
  const far = await invoke('far');
  assert.equal(far.FunctionError, 'Unhandled');
  assert.match(JSON.stringify(far.payload), /answered 302/);
  const once = new LambdaClient({ endpoint: server.url, region, credentials: server.credentials, maxAttempts: 1 });
  await assert.rejects(once.send(new InvokeCommand({ FunctionName: 'gone' })), {
    name: 'ServiceException',
    message: /^The URL of function gone does not answer: .*ECONNREFUSED/,
  });
  once.destroy();
});

test('a function that floods its log, leaves processes behind or looks for its event in its environment does no harm', async () => {
  assert.equal((await invoke('floods')).payload, 'end');
  assert.equal((await invoke('forks')).payload, 1);
  assert.equal((await invoke('shows', { secret: 1 })).payload, 0);
});

test('functions are shown, none is made by a call, and their policies are kept', async () => {
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({ MaxItems: 2 }));
  assert.deepEqual(
    Functions.map((each) => each.FunctionName),
    ['echo', 'endless'],
  );
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: 'echo' }));
  assert.deepEqual([Configuration?.Timeout, Configuration?.MemorySize], [60, 64]);
  await assert.rejects(lambda.send(new GetFunctionCommand({ FunctionName: 'none' })), {
    name: 'ResourceNotFoundException',
    message: `Function not found: ${arnOf('none')}`,
  });
  const input = { FunctionName: 'n', Role: `arn:aws:iam::${account}:role/r`, Code: { ImageUri: 'i' } };
  await assert.rejects(lambda.send(new CreateFunctionCommand(input)), /CreateFunction is not supported/);
  const statement = { FunctionName: 'echo', StatementId: 's', Action: 'lambda:InvokeFunction' };
  await lambda.send(new AddPermissionCommand({ ...statement, Principal: 'events.amazonaws.com' }));
  const { Policy = '' } = await lambda.send(new GetPolicyCommand({ FunctionName: 'echo' }));
  assert.deepEqual(JSON.parse(Policy).Statement[0].Principal, { Service: 'events.amazonaws.com' });
  await lambda.send(new RemovePermissionCommand({ FunctionName: 'echo', StatementId: 's' }));
  await assert.rejects(lambda.send(new GetPolicyCommand({ FunctionName: 'echo' })), {
    name: 'ResourceNotFoundException',
  });
});

test('the tutorial: a function listens to the events of Batch, and they are in its log group', async () => {
  await clients.events.send(new PutRuleCommand({ Name: 'listen', EventPattern: '{"source":["aws.batch"]}' }));
  const target = { Id: 'f', Arn: arnOf('listener') };
  const { FailedEntryCount } = await clients.events.send(new PutTargetsCommand({ Rule: 'listen', Targets: [target] }));
  assert.equal(FailedEntryCount, 0);
  const jobId = await submit(clients.batch, await registerShell(clients.batch, { name: 'heard', script: 'true' }));
  await until('the event of the job in the log', async () => {
    const given = { logGroupName: '/aws/lambda/listener', filterPattern: `"${jobId}"` };
    const { events = [] } = await clients.logs.send(new FilterLogEventsCommand(given));
    return events.length > 0;
  });
  await clients.events.send(new PutRuleCommand({ Name: 'listen', EventPattern: '{"source":["nobody"]}' }));
});

test('topics, rules and state machines invoke functions', async () => {
  const { TopicArn = '' } = await clients.sns.send(new CreateTopicCommand({ Name: 'news' }));
  const { SubscriptionArn = '' } = await clients.sns.send(
    new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint: arnOf('posted') }),
  );
  await clients.sns.send(new PublishCommand({ TopicArn, Message: 'hello' }));
  await clients.events.send(new PutRuleCommand({ Name: 'shop', EventPattern: '{"source":["shop"]}' }));
  const Targets = [{ Id: 'f', Arn: arnOf('posted') }];
  await clients.events.send(new PutTargetsCommand({ Rule: 'shop', Targets }));
  const Entries = [{ Source: 'shop', DetailType: 'Order', Detail: '{"n":7}' }];
  await clients.events.send(new PutEventsCommand({ Entries }));
  const bodies = await until('both events', async () => {
    const found = requests.map(({ body }) => JSON.parse(body));
    const ofTopic = found.find(({ Records }) => Records?.[0].Sns.Message === 'hello');
    const ofRule = found.find(({ detail }) => detail?.n === 7);
    return ofTopic && ofRule && { ofTopic };
  });
  assert.equal(bodies.ofTopic.Records[0].EventSubscriptionArn, SubscriptionArn);

  const task = (state: object) => ({ Type: 'Task', ...state });
  const States = {
    a: task({ Resource: arnOf('posted'), ResultPath: '$.a', Next: 'b' }),
    b: task({
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'posted', 'Payload.$': '$.a' },
      ResultSelector: { 'it.$': '$.Payload.got' },
      ResultPath: '$.b',
      Next: 'c',
    }),
    c: task({
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: arnOf('listener'), Payload: { source: 'shop' } },
      Catch: [{ ErrorEquals: ['ValueError'], ResultPath: '$.c', Next: 'd' }],
      End: true,
    }),
    d: { Type: 'Succeed' },
  };
  const { stateMachineArn } = await clients.states.send(
    new CreateStateMachineCommand({
      name: 'functions',
      roleArn: `arn:aws:iam::${account}:role/states`,
      definition: JSON.stringify({ StartAt: 'a', States }),
    }),
  );
  const { executionArn } = await clients.states.send(new StartExecutionCommand({ stateMachineArn, input: '{"x":1}' }));
  const done = await until('the end of the execution', async () => {
    const found = await clients.states.send(new DescribeExecutionCommand({ executionArn }));
    return found.status !== 'RUNNING' && found;
  });
  assert.equal(done.status, 'SUCCEEDED', done.cause ?? '');
  const { a, b, c } = JSON.parse(done.output ?? '');
  assert.deepEqual([a, b, c.Error], [{ got: { x: 1 } }, { it: { got: { x: 1 } } }, 'ValueError']);
});
