/**
 * `npm run demo`: starts a server that keeps nothing, runs real jobs on it through the AWS SDK, and shows what happens.
 * Ends with 0 only if all of it went as AWS Batch promises.
 */
import { styleText } from 'node:util';
import { BatchClient } from '@aws-sdk/client-batch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { silentLogger } from '../src/core/logger.ts';
import { compileOptions, thisMachine } from '../src/main/index.ts';
import { startServer } from '../src/main/server.ts';
import { scenes } from './demo/scenes.ts';
import { Stage } from './demo/stage.ts';

const options = compileOptions({ port: 0, ephemeral: true, 'host.vcpus': 4 }, thisMachine());
const started = performance.now();
const server = await startServer(options, {
  version: '0.0.0-demo',
  logger: silentLogger,
  onFatal: (error) => {
    throw error;
  },
});
console.log(`Batchyard is ready at ${server.url} after ${Math.round(performance.now() - started)} ms.`);
const { engine } = server;
console.log(`Engine: ${engine.kind} (${'isolation' in engine ? engine.isolation : engine.unavailable}).`);

const { accessKeyId, secretAccessKey } = server.credentials;
const connection = { endpoint: server.url, region: options.region, credentials: { accessKeyId, secretAccessKey } };
const [batch, logs] = [new BatchClient(connection), new CloudWatchLogsClient(connection)];
try {
  // Processes show what this machine alone can: nothing is pulled.
  const stage = new Stage(batch, logs, engine.kind === 'process' ? 'host' : 'busybox');
  for (const scene of scenes) {
    stage.title(scene.title);
    await scene.play(stage);
  }
  console.log(`\n${styleText('green', 'All of it went as AWS Batch promises.')} What to try next:

  npm start                                       a server that keeps its jobs; stop it with Ctrl-C
  eval "$(bin/batchyard env)"                     point the aws CLI and every SDK at it
  aws batch describe-job-queues                   the queue "default" is there already
  bin/batchyard submit --follow -- echo hello     a job of your own
  bin/batchyard run -- ./any-script.sh            a script as a job, here and now
  bin/batchyard explain JOB                       why a job waits, or how it ended`);
} catch (error) {
  console.error(`\n${styleText('red', 'The demo did not go as it should:')}`, error);
  process.exitCode = 1;
} finally {
  batch.destroy();
  logs.destroy();
  await server.close({ stopJobs: true });
}
