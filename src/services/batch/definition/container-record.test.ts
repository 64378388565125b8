import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { containerDetailOf, withEmptyLists } from './container-detail.ts';
import { nodeOf } from './container-record.ts';
import type { Container } from './schema.ts';

/** A structure of some of the members: what is not given is absent. */
function some<Members extends Record<string, fc.Arbitrary<unknown>>>(members: Members) {
  return fc.record(members, { requiredKeys: [] });
}

const word = fc.string({ maxLength: 6 });
const list = <Item>(item: fc.Arbitrary<Item>) => fc.array(item, { maxLength: 3 });
const toggle = fc.constantFrom('ENABLED', 'DISABLED');
const secrets = list(fc.record({ name: word, valueFrom: word }));

const efs = fc.record({ fileSystemId: word }).chain((own) =>
  some({
    rootDirectory: word,
    transitEncryption: toggle,
    transitEncryptionPort: fc.nat(),
    authorizationConfig: some({ accessPointId: word, iam: toggle }),
  }).map((more) => ({ ...own, ...more })),
);
const volume = fc.oneof(
  some({ name: word, host: some({ sourcePath: word }) }),
  some({ name: word, efsVolumeConfiguration: efs }),
  some({ name: word, s3filesVolumeConfiguration: fc.record({ fileSystemArn: word, accessPointArn: word }) }),
);

const linuxParameters = some({
  devices: list(
    fc.record(
      { hostPath: word, containerPath: word, permissions: list(fc.constantFrom('READ', 'WRITE', 'MKNOD')) },
      { requiredKeys: ['hostPath'] },
    ),
  ),
  initProcessEnabled: fc.boolean(),
  sharedMemorySize: fc.nat(),
  tmpfs: list(
    fc.record(
      { containerPath: word, size: fc.nat(), mountOptions: list(word) },
      { requiredKeys: ['containerPath', 'size'] },
    ),
  ),
  maxSwap: fc.nat(),
  swappiness: fc.nat(),
});

const logConfiguration = fc.record(
  { logDriver: fc.constantFrom('awslogs', 'splunk'), options: fc.dictionary(word, word), secretOptions: secrets },
  { requiredKeys: ['logDriver'] },
);

/** `containerProperties` with any of their members: every one that the schema has, or the compiler complains. */
const optional: Record<Exclude<keyof Container, 'image'>, fc.Arbitrary<unknown>> = {
  vcpus: fc.nat(),
  memory: fc.nat(),
  command: list(word),
  jobRoleArn: word,
  executionRoleArn: word,
  volumes: list(volume),
  environment: list(fc.record({ name: word, value: word }, { requiredKeys: ['name'] })),
  mountPoints: list(
    fc.record(
      { sourceVolume: word, containerPath: word, readOnly: fc.boolean() },
      { requiredKeys: ['sourceVolume', 'containerPath'] },
    ),
  ),
  readonlyRootFilesystem: fc.boolean(),
  privileged: fc.boolean(),
  ulimits: list(fc.record({ name: word, softLimit: fc.integer(), hardLimit: fc.integer() })),
  user: word,
  instanceType: word,
  resourceRequirements: list(fc.record({ type: fc.constantFrom('GPU', 'MEMORY', 'VCPU'), value: word })),
  linuxParameters,
  logConfiguration,
  secrets,
  networkConfiguration: some({ assignPublicIp: toggle }),
  fargatePlatformConfiguration: some({ platformVersion: word }),
  enableExecuteCommand: fc.boolean(),
  ephemeralStorage: fc.record({ sizeInGiB: fc.nat() }),
  runtimePlatform: some({ operatingSystemFamily: word, cpuArchitecture: word }),
  repositoryCredentials: fc.record({ credentialsParameter: word }),
};
const anyContainer = some({ ...optional })
  .map((members) => ({ image: 'i', ...members }) as Container)
  .map((container) => JSON.parse(JSON.stringify(container)) as Container);

test('whatever a container is, its record as it is stored shows it exactly as it was given, lists not given as empty', () => {
  fc.assert(
    fc.property(anyContainer, (given) => {
      const stored = JSON.parse(JSON.stringify(nodeOf(given)));
      const shown = JSON.parse(JSON.stringify(containerDetailOf(stored)));
      assert.deepEqual(shown, { ...withEmptyLists(given), networkInterfaces: [] });
    }),
    { numRuns: 500 },
  );
});

test('of a plain container nothing is stored but what it is', () => {
  const node = nodeOf({ image: 'host', vcpus: 1, memory: 4, command: [], environment: [] });
  assert.deepEqual(node, { containers: [{ image: 'host', resources: { vcpus: 1, memoryMiB: 4 } }] });
});
