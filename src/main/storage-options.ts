import type { OptionDefinition } from './option-definition.ts';
import { choice, duration, integer, path, size, text } from './option-kinds.ts';

/** The options of what is kept, for how long, and what disk it may take: a part of the table. */
export const storageOptions = {
  'retention.finishedJobs': {
    group: 'storage',
    kind: duration('7d'),
    default: '7d',
    about: 'How long finished jobs stay visible.',
  },
  'retention.finishedJobCount': {
    group: 'storage',
    kind: integer({ minimum: 1 }),
    otherwise: 'none',
    about: 'Finished jobs stay beyond that time as long as there are no more of them than this.',
  },
  'retention.finishedExecutions': {
    group: 'storage',
    kind: duration('1d'),
    default: '90d',
    about: 'How long finished executions of Step Functions stay visible, and their names taken.',
  },
  'retention.usage': {
    group: 'storage',
    kind: duration('1d'),
    default: '400d',
    about: 'How long hourly sums of what jobs used are kept.',
  },
  'logs.rate': {
    group: 'storage',
    kind: size('1KiB'),
    default: '8MiB',
    about: 'Output that one attempt may write each second; a faster job waits.',
  },
  'logs.attemptSize': {
    group: 'storage',
    kind: size('1KiB'),
    default: '1GiB',
    about: 'Output that is kept of one attempt; then one line says that the rest was dropped.',
  },
  'logs.diskSize': {
    group: 'storage',
    kind: size('1MiB'),
    default: '10GiB',
    about: 'Disk that all logs may take; beyond it the finished streams that ended longest ago go.',
  },
  'audit.records': {
    group: 'storage',
    kind: choice('on', 'off'),
    default: 'on',
    about: 'Keep a record of every call, for LookupEvents of CloudTrail and `batchyard audit` (docs/audit.md).',
  },
  'audit.retention': {
    group: 'storage',
    kind: duration('1d'),
    default: '90d',
    about: 'How long records of calls are kept.',
  },
  'audit.diskSize': {
    group: 'storage',
    kind: size('64MiB'),
    default: '2GiB',
    about: 'Disk that records of calls may take; beyond it the oldest go.',
  },
  'audit.sync': {
    group: 'storage',
    kind: choice('second', 'always'),
    default: 'second',
    about:
      'When records of calls are forced to the medium: each `second`, or `always` before the answer. A crash of the server loses none ' +
      'either way, a power failure the last second.',
  },
  'trails.to': {
    group: 'storage',
    kind: choice('directory', 's3'),
    default: 'directory',
    about:
      'Where trails of CloudTrail deliver their files: below `trails.directory`, or to `s3.endpoint` with its key (docs/audit.md).',
  },
  'trails.directory': {
    group: 'storage',
    kind: path('<directory>'),
    otherwise: 'trails, in the data directory',
    about: 'Directory that has one for each bucket that a trail names.',
  },
  'trails.region': {
    group: 'storage',
    kind: text('<region>', { pattern: /^[a-z0-9-]{1,32}$/, expected: 'the name of a region' }),
    default: 'us-east-1',
    about: 'Region that files for `s3.endpoint` are signed for.',
  },
  'trails.every': {
    group: 'storage',
    kind: duration('1s'),
    default: '5m',
    about: 'How often trails deliver files.',
  },
  'trails.digestEvery': {
    group: 'storage',
    kind: duration('1s'),
    default: '1h',
    about: 'How long a time a digest of the files of a trail is of.',
  },
  'metrics.diskSize': {
    group: 'storage',
    kind: size('1MiB'),
    default: '4GiB',
    about:
      'Points of metrics that are kept, in bytes; beyond it the oldest go, those for each second and minute first.',
  },
  'disk.reserve': {
    group: 'storage',
    kind: size('0'),
    default: '1GiB',
    about: 'Free disk below which no job starts and the output of running jobs waits.',
  },
} as const satisfies Record<string, OptionDefinition>;
