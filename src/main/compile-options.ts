import { isIPv4, isIPv6 } from 'node:net';
import { type ArmedFailpoint, parseFailpoint } from '../core/failpoint.ts';
import type { AccountId, Region } from '../core/ids.ts';
import { parseSubnet, type Subnet } from '../core/subnet.ts';
import type { AccessPoint, FileSystems } from '../services/batch/index.ts';
import type { CompiledOptions } from './compiled-options.ts';
import type { Machine } from './machine.ts';
import { InvalidValue } from './option-kinds.ts';
import {
  type Compiled,
  type MergedOptions,
  mergeOptions,
  type OptionSource,
  type Options,
  OptionsError,
} from './options.ts';
import { type OptionName, optionDefinition, optionNames } from './options-table.ts';

type Read = <Name extends OptionName>(name: Name) => Compiled<Name>;

/**
 * Checks options and turns them into the form that the server uses. Throws `OptionsError` with words for the user.
 * Given plain `Options` (from a test or an embedding program), relative paths start at `machine.directory`.
 */
export function compileOptions(given: Options | MergedOptions, machine: Machine): CompiledOptions {
  const merged = isMerged(given) ? given : mergeOptions([fromProgram(given, machine)]);
  for (const source of merged.given) checkValues(source);
  const read = reader(merged, machine);
  const listen = compileListen(read);
  const finishedJobCount = read('retention.finishedJobCount');
  const interruptionSeed = read('instances.interruptionSeed');
  const publicUrl = read('publicUrl');
  const failpoint = read('failpoint');
  const instanceTypesFile = read('instanceTypes');
  return {
    listen,
    data: {
      directory: read('data'),
      ephemeral: read('ephemeral'),
      moved: read('moved'),
      acceptLostCommits: read('acceptLostCommits'),
    },
    account: read('account') as AccountId,
    region: read('region') as Region,
    auth: read('auth'),
    metricsAccess: read('metricsAccess'),
    unstoredRoles: read('iam.unstoredRoles') ?? (listen.loopback ? 'their-purpose' : 'nothing'),
    deliveries: read('iam.deliveries') ?? (listen.loopback ? 'unless-denied' : 'if-allowed'),
    webIdentity: { issuers: read('iam.webIdentity') },
    quotas: read('quotas'),
    stopJobs: read('stopJobs'),
    engine: compileEngine(read, listen.loopback, machine),
    images: {
      pull: read('images.pull'),
      rewrite: read('images.rewrite'),
      registries: read('images.registries'),
      pullTimeout: read('images.pullTimeout'),
      diskBytes: read('images.diskSize'),
    },
    docker: compileDocker(read, machine),
    fileSystems: compileFileSystems(read),
    host: compileHost(read, machine),
    ...(instanceTypesFile === undefined ? {} : { instanceTypesFile }),
    fargateRun: read('fargate.run'),
    functions: read('lambda.functions'),
    blockedAfter: read('queues.blockedAfter'),
    instances: {
      bootDelay: read('instances.bootDelay'),
      ...(interruptionSeed === undefined ? {} : { interruptionSeed }),
    },
    minimumShareDecay: read('fairShare.minimumDecay'),
    retention: {
      finishedJobs: read('retention.finishedJobs'),
      finishedExecutions: read('retention.finishedExecutions'),
      usage: read('retention.usage'),
      ...(finishedJobCount && { finishedJobCount }),
    },
    logs: {
      rateBytesPerSecond: read('logs.rate'),
      attemptBytes: read('logs.attemptSize'),
      diskBytes: read('logs.diskSize'),
    },
    audit: {
      isOn: read('audit.records') === 'on',
      retention: read('audit.retention'),
      diskBytes: read('audit.diskSize'),
      syncAlways: read('audit.sync') === 'always',
    },
    trails: compileTrails(read),
    metrics: { diskBytes: read('metrics.diskSize') },
    diskReserveBytes: read('disk.reserve'),
    limits: compileLimits(read, machine),
    log: { level: read('log.level'), format: read('log.format') ?? (machine.terminal ? 'text' : 'json') },
    s3: compileS3(read),
    ...(publicUrl !== undefined && { publicUrl }),
    snsLinkLocal: read('sns.linkLocal'),
    ...compileSmtp(read),
    missedSlots: read('schedules.missed'),
    eventsReach: read('events.reach') ?? (listen.loopback ? 'any' : 'not-local'),
    ...(failpoint !== undefined && { failpoint: compileFailpoint(failpoint) }),
  };
}

function isMerged(given: Options | MergedOptions): given is MergedOptions {
  return 'sources' in given;
}

function fromProgram(options: Options, machine: Machine) {
  return { options, origin: () => 'options of the program', directory: machine.directory };
}

/** Every value, whether it comes to anything or not: what is overridden or of no effect today may have some tomorrow. */
function checkValues(source: OptionSource): void {
  for (const name of optionNames) {
    const value: unknown = source.options[name];
    if (value !== undefined) compileValue(name, value, source);
  }
}

function reader(merged: MergedOptions, machine: Machine): Read {
  return <Name extends OptionName>(name: Name): Compiled<Name> => {
    const value: unknown = merged.options[name];
    if (value === undefined) return undefined as Compiled<Name>;
    const source = merged.sources.get(name) ?? { origin: () => 'default', directory: machine.directory };
    return compileValue(name, value, source);
  };
}

/** Compiles one option, naming the place of a bad value. */
function compileValue<Name extends OptionName>(
  name: Name,
  value: unknown,
  { origin, directory }: Pick<OptionSource, 'origin' | 'directory'>,
): Compiled<Name> {
  try {
    return optionDefinition(name).kind.compile(value, directory);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new OptionsError(`${name} (${origin(name)}) ${error.message}`, { cause: error });
  }
}

function compileListen(read: Read): CompiledOptions['listen'] {
  const address = read('bind');
  const loopback = isLoopback(address);
  const tls = compileTls(read('tls.certificate'), read('tls.key'));
  if (!loopback && !tls && !read('insecureBind')) {
    throw new OptionsError(
      `bind: ${address} can be reached from other machines, and plain HTTP would show them every request. ` +
        'Give tls.certificate and tls.key, or set insecureBind (--insecure-bind) behind a proxy that ends TLS.',
    );
  }
  const publicUrl = read('publicUrl');
  const publicHost = publicUrl === undefined ? [] : [new URL(publicUrl).hostname];
  const allowedHosts = [...read('allowedHosts'), ...publicHost];
  return { port: read('port'), address, loopback, allowedHosts, ...(tls && { tls }) };
}

function compileS3(read: Read): CompiledOptions['s3'] {
  const endpoint = read('s3.endpoint');
  const accessKeyId = read('s3.accessKeyId');
  const secretAccessKeyFile = read('s3.secretAccessKeyFile');
  if (accessKeyId === undefined && secretAccessKeyFile === undefined) return endpoint === undefined ? {} : { endpoint };
  if (accessKeyId === undefined || secretAccessKeyFile === undefined)
    throw new OptionsError('s3.accessKeyId and s3.secretAccessKeyFile must be given together');
  if (endpoint === undefined)
    throw new OptionsError('s3.accessKeyId: there is no s3.endpoint that it would be the key of');
  return { endpoint, accessKeyId, secretAccessKeyFile };
}

function compileSmtp(read: Read): Pick<CompiledOptions, 'smtp'> {
  const [url, from, loginFile] = [read('sns.smtp.url'), read('sns.smtp.from'), read('sns.smtp.loginFile')];
  if (url !== undefined && from !== undefined)
    return { smtp: { url, from, ...(loginFile !== undefined && { loginFile }) } };
  if (url !== undefined || from !== undefined)
    throw new OptionsError('sns.smtp.url and sns.smtp.from must be given together');
  if (loginFile !== undefined)
    throw new OptionsError('sns.smtp.loginFile: there is no sns.smtp.url that it would be the login of');
  return {};
}

function compileTrails(read: Read): CompiledOptions['trails'] {
  const to = read('trails.to');
  const directory = read('trails.directory');
  if (to === 's3' && (read('s3.endpoint') === undefined || read('s3.accessKeyId') === undefined))
    throw new OptionsError('trails.to: s3 needs s3.endpoint, s3.accessKeyId and s3.secretAccessKeyFile');
  const times = { every: read('trails.every'), digestEvery: read('trails.digestEvery') };
  return { to, region: read('trails.region'), ...times, ...(directory === undefined ? {} : { directory }) };
}

function compileTls(certificateFile: string | undefined, keyFile: string | undefined) {
  if (certificateFile !== undefined && keyFile !== undefined) return { certificateFile, keyFile };
  if (certificateFile === keyFile) return undefined;
  throw new OptionsError('tls.certificate and tls.key must be given together');
}

/** Only literal loopback addresses and `localhost`: another name may resolve to anything. */
function isLoopback(address: string): boolean {
  if (isIPv4(address)) return address.startsWith('127.');
  return isIPv6(address) ? address === '::1' : address === 'localhost';
}

function compileEngine(read: Read, loopback: boolean, machine: Machine): CompiledOptions['engine'] {
  const kind = read('engine');
  const enabled = read('engines.enabled');
  if (kind && enabled && !enabled.includes(kind))
    throw new OptionsError(`engine: ${kind} is not among engines.enabled (${enabled.join(', ')})`);
  const isolation = read('isolation') ?? (loopback ? 'preferred' : 'required');
  const jobUser = compileJobUser(read('jobUser'), read('ephemeral'), machine);
  if (isolation === 'none' && jobUser === 'caller' && read('auth') !== 'none' && !read('jobsMayReadKey')) {
    throw new OptionsError(
      'isolation: none lets jobs read the root key, as they run as the user of the server. Set jobsMayReadKey ' +
        '(--jobs-may-read-key) too if that is what you want.',
    );
  }
  return {
    ...(kind && { kind }),
    ...(enabled && { enabled }),
    isolation,
    jobUser,
    hostPaths: read('hostPaths'),
    gangNetwork: read('process.gang.network'),
    hostNamespaces: read('hostNamespaces'),
    devices: read('devices'),
    unmapped: compileUnmapped(read('process.unmapped'), loopback),
    ungranted: read('process.ungranted') ?? (loopback ? 'run' : 'refuse'),
    rootFilesystems: read('rootFilesystems'),
  };
}

/** On a server that others can reach a definition's image must mean a root file system. */
function compileUnmapped(written: 'host' | 'refuse' | undefined, loopback: boolean): 'host' | 'refuse' {
  if (written === 'host' && !loopback)
    throw new OptionsError('process.unmapped: host would show the files of this machine to all who reach this server');
  return written ?? (loopback ? 'host' : 'refuse');
}

function compileDocker(read: Read, machine: Machine): CompiledOptions['docker'] {
  const socket = read('docker.socket');
  return {
    sockets: socket === undefined ? (machine.containerSockets ?? []) : [socket],
    privileged: read('docker.privileged'),
    pull: read('docker.pull'),
    cpuQuota: read('docker.cpuQuota'),
    gangSubnets: compileSubnets(read('docker.gangSubnets')),
  };
}

function compileSubnets(text: string): Subnet {
  const range = parseSubnet(text);
  if (range && range.prefix <= 24) return range;
  throw new OptionsError(
    `docker.gangSubnets: ${text} is no range of IPv4 addresses of at least 256, such as 10.231.0.0/16`,
  );
}

/** A server that is not root can run jobs only as itself; one that is root gives its own rights to no job that lasts. */
function compileJobUser(
  written: string | undefined,
  ephemeral: boolean,
  machine: Machine,
): CompiledOptions['engine']['jobUser'] {
  if (written === 'caller' || (written === undefined && !machine.root)) {
    if (!machine.root || ephemeral) return 'caller';
    throw new OptionsError('jobUser: caller is root here, and the jobs of a lasting server never run as root');
  }
  if (!machine.root) throw new OptionsError('jobUser: only a server that is root can run jobs as another user');
  const identity = written === undefined ? nobody : findIdentity(written, machine);
  if (identity.uid !== 0 && identity.gid !== 0) return identity;
  throw new OptionsError('jobUser: jobs never run as root or in its group; name another user');
}

const nobody = { uid: 65_534, gid: 65_534 };

function findIdentity(written: string, machine: Machine): { uid: number; gid: number } {
  const [name = '', group] = written.split(':');
  const entry = machine.users().find(([login, , uid]) => login === name || uid === name);
  const uid = Number(entry?.[2] ?? name);
  if (!Number.isInteger(uid)) throw new OptionsError(`jobUser: there is no user ${name} on this machine`);
  return { uid, gid: Number(group ?? entry?.[3] ?? uid) };
}

function compileHost(read: Read, machine: Machine): CompiledOptions['host'] {
  const memoryMiB = read('host.memoryMiB') ?? machine.memoryMiB;
  if (memoryMiB > machine.memoryMiB) {
    throw new OptionsError(`host.memoryMiB: ${memoryMiB} is more than this machine has (${machine.memoryMiB} MiB)`);
  }
  const gpus = read('host.gpus');
  const { kind, vcpus } = machine;
  return {
    vcpus: read('host.vcpus') ?? vcpus,
    memoryMiB,
    ...(kind && { machine: kind }),
    ...(gpus && { gpus: gpus.filter((id) => id !== 'none') }),
  };
}

function compileFileSystems(read: Read): FileSystems {
  const directories = read('efs.fileSystems');
  const bad = [...directories.keys()].find((id) => !id.startsWith('fs-'));
  if (bad !== undefined) throw new OptionsError(`efs.fileSystems: ${bad} is no id of a file system (fs-...)`);
  const accessPoints = new Map(read('efs.accessPoints').map(parseAccessPoint));
  for (const [id, { fileSystemId }] of accessPoints) {
    if (!directories.has(fileSystemId))
      throw new OptionsError(`efs.accessPoints: ${id} is of ${fileSystemId}, which efs.fileSystems does not name`);
  }
  return { directories, accessPoints };
}

/** Its form has been checked. */
function parseAccessPoint(written: string): [string, AccessPoint] {
  const [id = '', rest = ''] = written.split('=');
  const [fileSystemId = '', path = '/', uid, gid, mode = '755'] = rest.split(':');
  const owner = uid === undefined ? {} : { owner: { uid: Number(uid), gid: Number(gid) } };
  return [id, { fileSystemId, path, mode: Number.parseInt(mode, 8), ...owner }];
}

const mebibyte = 2 ** 20;

function compileLimits(read: Read, machine: Machine): CompiledOptions['limits'] {
  const bodyBytes = read('limits.body');
  const share = Math.floor((machine.memoryMiB * mebibyte) / 32);
  const arrivingBytes = read('limits.arriving') ?? Math.max(bodyBytes, 16 * mebibyte, Math.min(share, 64 * mebibyte));
  if (arrivingBytes < bodyBytes) {
    throw new OptionsError(
      `limits.arriving: ${arrivingBytes} is less than one body may have (limits.body: ${bodyBytes})`,
    );
  }
  return {
    bodyBytes,
    arrivingBytes,
    connections: compileConnections(read('limits.connections'), machine.files),
    headerBytes: read('limits.headers'),
    jsonDepth: read('limits.depth'),
    requestTime: read('limits.requestTime'),
  };
}

const mostConnections = 4096;
/** Of the files that a process may open, what Node, the store, the engines and their libraries have open: 32 at rest. */
const filesAtRest = 64;
const fewestConnections = 8;

/** Half of the files that are left for connections, the other half for the store and for jobs. */
function compileConnections(written: number | undefined, files: number | undefined): number {
  if (files === undefined) return written ?? mostConnections;
  if (files < filesAtRest) {
    throw new OptionsError(
      `a server needs a limit of ${filesAtRest} open files at least, and it is ${files} here (ulimit -n)`,
    );
  }
  const room = Math.max(fewestConnections, Math.floor((files - filesAtRest) / 2));
  if (written === undefined) return Math.min(room, mostConnections);
  if (written <= room) return written;
  throw new OptionsError(
    `limits.connections: ${written} need a limit of ${written * 2 + filesAtRest} open files, and it is ${files} here (ulimit -n)`,
  );
}

function compileFailpoint(written: string): ArmedFailpoint {
  try {
    return parseFailpoint(written);
  } catch (error) {
    throw new OptionsError(`failpoint: ${(error as Error).message}`, { cause: error });
  }
}
