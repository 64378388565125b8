import type { EngineKind } from '../engines/index.ts';
import { functionMap } from './function-kind.ts';
import { issuerMap } from './issuer-kind.ts';
import { limitOptions } from './limit-options.ts';
import type { OptionDefinition } from './option-definition.ts';
import { choice, duration, integer, list, path, pathMap, size, text, textMap, toggle } from './option-kinds.ts';
import { registryMap } from './registry-kind.ts';
import { rootMap } from './root-kind.ts';
import { storageOptions } from './storage-options.ts';

/** The engines that this version has. */
export const builtEngines = ['process', 'docker', 'mock'] as const satisfies readonly EngineKind[];

/**
 * Every option of the server, once. A name `host.vcpus` is `{"host": {"vcpus": ...}}` in the file, `BATCHYARD_HOST_VCPUS`
 * in the environment and `--host-vcpus` on the command line.
 */
export const optionTable = {
  port: {
    group: 'server',
    kind: integer({ minimum: 0, maximum: 65_535 }),
    default: 9470,
    about: 'TCP port to listen on. 0 takes any free one.',
  },
  bind: {
    group: 'server',
    kind: text('<address>', { pattern: /^[0-9A-Za-z.:_-]+$/, expected: 'an IP address or a host name' }),
    default: '127.0.0.1',
    about: 'Address to listen on. One that is not loopback needs TLS, or insecureBind.',
  },
  insecureBind: {
    group: 'server',
    kind: toggle(),
    default: false,
    about: 'Allow plain HTTP on an address that is not loopback: behind a proxy that ends TLS, or in a closed network.',
  },
  publicUrl: {
    group: 'server',
    kind: text('<url>', { pattern: /^https?:\/\/[^/\s?#]+\/?$/, expected: 'an http or https URL without a path' }),
    otherwise: 'the address that the server listens on',
    about: 'Where others reach the server. Links in the messages of SNS begin so, and its host is an allowed one.',
  },
  'tls.certificate': {
    group: 'server',
    kind: path('<file>'),
    otherwise: 'plain HTTP',
    about: 'Certificate chain (PEM) to serve HTTPS with. Needs tls.key.',
  },
  'tls.key': {
    group: 'server',
    kind: path('<file>'),
    otherwise: 'plain HTTP',
    about: 'Private key (PEM) of tls.certificate.',
  },
  data: {
    group: 'server',
    kind: path('<directory>'),
    default: '.batchyard',
    about: 'Directory of the database, the logs, the root access key and the state of running jobs.',
  },
  moved: {
    group: 'server',
    kind: toggle(),
    default: false,
    onlyFlag: true,
    about:
      'Confirm that the data directory was moved to another disk or host, and is not a copy: it keeps its identity.',
  },
  acceptLostCommits: {
    group: 'server',
    kind: toggle(),
    default: false,
    onlyFlag: true,
    about: 'Go on although commits of the database are lost: jobs that were submitted or ended since may run again.',
  },
  ephemeral: {
    group: 'server',
    kind: toggle(),
    default: false,
    about: 'Keep nothing: the state is in memory, files in a temporary directory that goes with the server.',
  },
  account: {
    group: 'server',
    kind: text('<digits>', { pattern: /^\d{12}$/, expected: 'twelve digits' }),
    default: '123456789012',
    about: 'AWS account id of every ARN.',
  },
  region: {
    group: 'server',
    kind: text('<region>', { pattern: /^[a-z]{2}(-[a-z]+)+-\d+$/, expected: 'a region such as us-east-1' }),
    default: 'us-east-1',
    about: 'Region that `batchyard env` names. A request signed for another region finds that one alive as well.',
  },
  stopJobs: {
    group: 'server',
    kind: toggle(),
    default: false,
    about: 'End the running jobs when the server stops. Without it they go on, and the next server takes them over.',
  },
  auth: {
    group: 'access',
    kind: choice('sigv4', 'none'),
    default: 'sigv4',
    about: 'Verify signatures (Signature Version 4), or let everybody in: only for throw-away servers.',
  },
  allowedHosts: {
    group: 'access',
    kind: list(text('<name>', { pattern: /^[0-9A-Za-z.:[\]_-]+$/, expected: 'a host name' })),
    default: [],
    about: 'Further names by which clients may address the server in the Host header, beside the one it is bound to.',
  },
  metricsAccess: {
    group: 'access',
    kind: choice('loopback', 'key', 'anyone'),
    default: 'loopback',
    about: 'Who may read /metrics without a signature: clients on this machine, nobody, or everybody.',
  },
  'iam.unstoredRoles': {
    group: 'access',
    kind: choice('their-purpose', 'nothing'),
    otherwise: 'their-purpose on a loopback address, else nothing',
    about:
      'What a role may do that jobs, environments or state machines name and that IAM does not have: what services use such ' +
      'roles for, or nothing.',
  },
  'iam.deliveries': {
    group: 'access',
    kind: choice('unless-denied', 'if-allowed'),
    otherwise: 'unless-denied on a loopback address, else if-allowed',
    about:
      'When EventBridge, SNS and CloudWatch Logs may deliver to queues, topics, functions, log groups and buses in their own name: ' +
      'unless a policy of these denies it, or only if one allows it, as on AWS.',
  },
  'iam.webIdentity': {
    group: 'access',
    kind: issuerMap(),
    default: {},
    about:
      'Issuers of tokens that AssumeRoleWithWebIdentity takes: where the keys of an https URL are (a file, or a URL), and the only ' +
      'audiences that count if not all of its provider in IAM.',
  },
  quotas: {
    group: 'access',
    kind: choice('none', 'aws'),
    default: 'none',
    about: "Enforce AWS's request rates as well. Counts and sizes are always enforced.",
  },
  engine: {
    group: 'jobs',
    kind: choice(...builtEngines),
    otherwise:
      'docker if a daemon answers when the server starts for the first time, else process; that choice is recorded in the data directory',
    about: 'What runs the jobs of new compute environments.',
  },
  'engines.enabled': {
    group: 'jobs',
    kind: list(choice(...builtEngines)),
    otherwise: 'the engine of new compute environments alone',
    about: 'Engines that the tag batchyard:engine of a new compute environment may name, the default one among them.',
  },
  isolation: {
    group: 'jobs',
    kind: choice('required', 'preferred', 'none'),
    otherwise: 'preferred on a loopback address, else required',
    about: 'Whether process jobs must be isolated (bubblewrap or unshare), should be if the machine can, or are not.',
  },
  jobsMayReadKey: {
    group: 'jobs',
    kind: toggle(),
    default: false,
    about:
      'Confirms isolation `none` where jobs run as the user of the server: nothing keeps them from its files, and so from ' +
      'its root key. Not needed with auth `none`.',
  },
  jobUser: {
    group: 'jobs',
    kind: text('<user>', {
      pattern: /^[0-9A-Za-z_.][0-9A-Za-z_.-]*(:\d+)?$/,
      expected: 'a user name, uid, uid:gid or `caller`',
    }),
    otherwise: 'nobody if the server runs as root, else the user that it runs as',
    about: 'User that process jobs run as: a name, a uid, uid:gid, or `caller` for the user that runs the server.',
  },
  hostPaths: {
    group: 'jobs',
    kind: list(path('<directory>')),
    default: [],
    about: 'Directories that the volumes of jobs may mount, with everything below them.',
  },
  'efs.fileSystems': {
    group: 'jobs',
    kind: pathMap('<fs-id>=<directory>'),
    default: {},
    about:
      'Directories that stand for file systems of EFS, by id (fs-...). An NFS export is mounted by the operating system, ' +
      'and its directory named here.',
  },
  'efs.accessPoints': {
    group: 'jobs',
    kind: list(
      text('<fsap-id>=<fs-id>:<path>[:<uid>:<gid>[:<mode>]]', {
        pattern: /^fsap-[^=:]+=fs-[^=:]+:\/[^:]*(:\d+:\d+(:[0-7]{3,4})?)?$/,
        expected: 'of the form fsap-ID=fs-ID:/PATH, :UID:GID and :MODE may follow',
      }),
    ),
    default: [],
    about: 'Access points of EFS: a path in a file system, and whose it is when it is made (mode 0755 unless given).',
  },
  devices: {
    group: 'jobs',
    kind: list(path('<device>')),
    default: [],
    about: 'Device files, such as /dev/fuse, that jobs may ask for (linuxParameters.devices).',
  },
  rootFilesystems: {
    group: 'jobs',
    kind: rootMap(),
    default: {},
    about:
      'Root file systems for process jobs, by image name: such an image is not pulled. In a file the value may be an ' +
      'object: `directory`, `command` for definitions without one, and `environment`.',
  },
  'process.unmapped': {
    group: 'jobs',
    kind: choice('host', 'refuse'),
    otherwise: 'host on a loopback address, else refuse',
    about:
      'What becomes of a process job whose image cannot be had: `host`, the files of this machine stand in; `refuse`, it fails. ' +
      'host is for servers on a loopback address alone.',
  },
  'images.pull': {
    group: 'images',
    kind: choice('missing', 'never'),
    default: 'missing',
    about: 'Whether images of process jobs that are not here are pulled from their registries.',
  },
  'images.rewrite': {
    group: 'images',
    kind: textMap('<prefix>=<prefix>'),
    default: {},
    about:
      'Mirrors: an image whose whole name begins with the first is pulled as if it began with the second, such as ' +
      'docker.io=mirror.example:5000/hub.',
  },
  'images.registries': {
    group: 'images',
    kind: registryMap(),
    default: {},
    about:
      'Of registries, by name (registry.example:5000): `insecure` for plain HTTP and any certificate, `ca` for a file of ' +
      'certificates (PEM) to trust, `login` for a file whose one line is user:password.',
  },
  'images.pullTimeout': {
    group: 'images',
    kind: duration('1s'),
    default: '2h',
    about: 'How long a job waits for its image; then the attempt fails.',
  },
  'images.diskSize': {
    group: 'images',
    kind: size('64MiB'),
    default: '50GiB',
    about: 'Disk that images may take; beyond it those go that no job uses, the least recently used first.',
  },
  'process.ungranted': {
    group: 'jobs',
    kind: choice('run', 'refuse'),
    otherwise: 'run on a loopback address, else refuse',
    about:
      'What becomes of a process job that asks for `privileged`, devices not in `devices`, a log driver other than awslogs or a volume of ' +
      'a container engine’s own: `run`, it runs without and is told so; `refuse`, it fails.',
  },
  'process.gang.network': {
    group: 'jobs',
    kind: choice('auto', 'own', 'host'),
    default: 'auto',
    about:
      'Network of the nodes of a multi-node process job: `own`, one of the job’s own without internet; `host`, this machine’s, ' +
      'with an address of 127.77.0.0/16 for each node; `auto`, own where the machine can.',
  },
  hostNamespaces: {
    group: 'jobs',
    kind: toggle(),
    default: false,
    about:
      'Jobs may ask for ipcMode and pidMode host: they see the processes of this machine, and may signal those of their own user, ' +
      'which of process jobs on a server that is not root are its own too, and of containers that run as root are all.',
  },
  'docker.socket': {
    group: 'jobs',
    kind: path('<socket>'),
    otherwise: 'the one that DOCKER_HOST names, else Docker’s own, else Podman’s',
    about: 'Unix socket of the Docker or Podman that jobs run on.',
  },
  'docker.privileged': {
    group: 'jobs',
    kind: toggle(),
    default: false,
    about: 'Let containers be privileged. Whoever may submit jobs is root of this machine then.',
  },
  'docker.pull': {
    group: 'jobs',
    kind: choice('missing', 'always', 'never'),
    default: 'missing',
    about: 'When the image of a container is pulled: if it is not there, before each attempt, or never.',
  },
  'docker.cpuQuota': {
    group: 'jobs',
    kind: toggle(),
    default: false,
    about: 'Hold containers to their vCPUs. Without it they may use what others leave, as on AWS Batch on EC2.',
  },
  'docker.gangSubnets': {
    group: 'jobs',
    kind: text('<range>'),
    default: '10.231.0.0/16',
    about:
      'IPv4 addresses that networks of multi-node jobs on Docker or Podman are made of. Nothing else that this machine reaches may have them.',
  },
  'host.vcpus': {
    group: 'jobs',
    kind: integer({ minimum: 1, maximum: 1_000_000 }),
    otherwise: 'as many as the machine has',
    about: 'vCPUs that jobs may use together. More than the machine has is allowed: jobs then share them.',
  },
  'host.memoryMiB': {
    group: 'jobs',
    kind: integer({ minimum: 64 }),
    otherwise: 'as much as the machine has',
    about: 'MiB of memory that jobs may use together, at most what the machine has.',
  },
  'host.gpus': {
    group: 'jobs',
    kind: list(text('<id|none>', { pattern: /^[0-9A-Za-z_:.-]+$/, expected: 'an id of letters and digits, or none' })),
    otherwise: 'those that nvidia-smi lists',
    about: 'GPUs that jobs may use, each one job at a time: ids as nvidia-smi lists them, or names of one’s own.',
  },
  'sns.linkLocal': {
    group: 'access',
    kind: toggle(),
    default: false,
    about: 'Let SNS deliver to link-local addresses (169.254.0.0/16), where clouds serve machines their credentials.',
  },
  'sns.smtp.url': {
    group: 'access',
    kind: text('<url>', {
      pattern: /^smtps?:\/\/(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+)(:\d{1,5})?\/?$/,
      expected: 'an smtp or smtps URL of a host, without a login (sns.smtp.loginFile)',
    }),
    otherwise: 'nobody can be subscribed by email',
    about: 'Mail server for email subscriptions of SNS, such as smtp://mail.example:587 or smtps://mail.example.',
  },
  'sns.smtp.from': {
    group: 'access',
    kind: text('<address>', {
      pattern: /^[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/,
      expected: 'an address such as batchyard@example.com',
    }),
    otherwise: 'nobody can be subscribed by email',
    about: 'Address that mails of SNS are from. Needs sns.smtp.url.',
  },
  'sns.smtp.loginFile': {
    group: 'access',
    kind: path('<file>'),
    otherwise: 'the mail server is given no login',
    about:
      'File whose one line is user:password, for the mail server. Sent over TLS only, unless that is on this machine.',
  },
  'events.reach': {
    group: 'access',
    kind: choice('any', 'not-local'),
    otherwise: 'any on a loopback address, else not-local',
    about:
      'Where API destinations of EventBridge may be: any address, or none of this machine’s loopback and link-local ones, ' +
      'where clouds serve machines their credentials.',
  },
  'schedules.missed': {
    group: 'server',
    kind: choice('latest', 'all', 'none'),
    default: 'latest',
    about:
      'Which slots of EventBridge Scheduler are fired that passed while the server was down, of those that are no older than ' +
      'the schedule’s MaximumEventAgeInSeconds. Schedules that fire once always do. Rules of EventBridge fire the latest.',
  },
  'lambda.functions': {
    group: 'jobs',
    kind: functionMap(),
    default: {},
    about:
      'Functions of Lambda, by name: a URL that events are posted to, or in a file an object whose `command` is run as a ' +
      'job for each event (docs/lambda.md says what else it may have).',
  },
  's3.endpoint': {
    group: 'jobs',
    kind: text('<url>', { pattern: /^https?:\/\/[^/\s]+/, expected: 'an http or https URL' }),
    otherwise: "jobs and clients use AWS's own S3",
    about: 'S3-compatible server that `batchyard env` and every job get as AWS_ENDPOINT_URL_S3.',
  },
  's3.accessKeyId': {
    group: 'jobs',
    kind: text('<id>', { pattern: /^[\w+=,.@-]{3,128}$/, expected: 'an access key id' }),
    otherwise: 'jobs get no key of it',
    about: 'Access key of `s3.endpoint` for jobs that name a job role. Needs s3.secretAccessKeyFile.',
  },
  's3.secretAccessKeyFile': {
    group: 'jobs',
    kind: path('<file>'),
    otherwise: 'jobs get no key of it',
    about: 'File whose one line is the secret of s3.accessKeyId. Whoever may submit jobs may read it.',
  },
  instanceTypes: {
    group: 'jobs',
    kind: path('<file>'),
    otherwise: 'those of AWS that come with the server',
    about: 'File of the instance types there are, with their sizes and prices (docs/instance-types.md).',
  },
  'fargate.run': {
    group: 'jobs',
    kind: duration('1m'),
    default: '14d',
    about: 'How long an attempt of a job on Fargate may run: AWS may end it after 14 days.',
  },
  'instances.bootDelay': {
    group: 'jobs',
    kind: duration('0s'),
    default: '0s',
    about: 'How long instances of compute environments start before jobs are placed on them.',
  },
  'instances.interruptionSeed': {
    group: 'jobs',
    kind: integer({ minimum: 0 }),
    otherwise: 'Spot takes none back',
    about:
      'Spot takes instances back as often as the catalogue says of their types, at times that this number draws: the same for the same number and instance.',
  },
  'queues.blockedAfter': {
    group: 'jobs',
    kind: duration('1s'),
    default: '60s',
    about:
      'How long the head of a job queue must wait for what may pass by itself (a full host, an engine that does not answer) until the queue is said to be blocked.',
  },
  'fairShare.minimumDecay': {
    group: 'jobs',
    kind: duration('0s'),
    default: '0s',
    about:
      'Fair share remembers use at least this long, whatever `shareDecaySeconds` says. AWS takes less than `10m` for that; 0 counts what is held now.',
  },
  ...storageOptions,
  ...limitOptions,
  'log.level': {
    group: 'diagnosis',
    kind: choice('debug', 'info', 'warn', 'error', 'silent'),
    default: 'info',
    about: "Least important messages that the server's own log on standard error shows.",
  },
  'log.format': {
    group: 'diagnosis',
    kind: choice('text', 'json'),
    otherwise: 'text on a terminal, else json',
    about: "Form of the server's own log: for people, or one JSON object a line.",
  },
  failpoint: {
    group: 'diagnosis',
    kind: text('<name[:passes]>', { pattern: /^[a-z.-]+(:\d+)?$/, expected: 'a failpoint, or `name:passes`' }),
    otherwise: 'none',
    about: 'For crash tests: kill the server when it passes this point.',
  },
} as const satisfies Record<string, OptionDefinition>;

export type OptionName = keyof typeof optionTable;

export const optionNames = Object.keys(optionTable) as readonly OptionName[];

/** Options that the environment and files may give. */
export const lastingOptionNames: readonly OptionName[] = optionNames.filter((name) => !optionDefinition(name).onlyFlag);

/** `host.memoryMiB` is `BATCHYARD_HOST_MEMORY_MIB` in the environment. */
export function environmentName(name: OptionName): string {
  return `BATCHYARD_${words(name).join('_').toUpperCase()}`;
}

/** `host.memoryMiB` is `--host-memory-mib` on the command line. */
export function flagName(name: OptionName): string {
  return `--${words(name).join('-').toLowerCase()}`;
}

/** The definition without its own type, for code that treats all options alike. */
export function optionDefinition(name: OptionName): OptionDefinition {
  return optionTable[name];
}

/** Splits at dots and before capitals; `MiB` is one word. */
function words(name: string): readonly string[] {
  return name
    .replace('MiB', '.mib')
    .replaceAll(/([a-z])([A-Z])/g, '$1.$2')
    .split('.');
}
