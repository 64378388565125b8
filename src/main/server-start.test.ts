import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { silentLogger } from '../core/logger.ts';
import { builtInFile } from '../instance-types/index.ts';
import { readInstanceTypes } from './check-files.ts';
import { compileOptions } from './compile-options.ts';
import { PortTaken } from './listening.ts';
import { thisMachine } from './machine.ts';
import { type Options, OptionsError } from './options.ts';
import { startServer } from './server.ts';
import { readServerRecord } from './server-record.ts';

const directory = mkdtempSync(join(tmpdir(), 'batchyard-start-'));
after(() => rmSync(directory, { recursive: true }));
const data = join(directory, 'data');
const machine = { ...thisMachine(), directory };

function start(options: Options) {
  return startServer(compileOptions({ engine: 'mock', port: 0, data, ...options }, machine), {
    version: '0.0.0-test',
    logger: silentLogger,
    onFatal: (error) => assert.fail(String(error)),
  });
}

/** The start is refused with these words, and nothing was made. */
async function refuses(options: Options, kind: typeof OptionsError | typeof PortTaken, message: RegExp): Promise<void> {
  // One that starts nevertheless must not keep the test from ending.
  const started = start(options).then((server) => server.close());
  await assert.rejects(started, (error) => {
    assert.ok(error instanceof kind, String(error));
    assert.match(error.message, message);
    return true;
  });
  assert.ok(!existsSync(data), 'a data directory stays behind');
}

test('a port that is taken is refused in words, and nothing stays behind', async (t) => {
  const other = createServer();
  t.after(() => other.close());
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  assert.ok(typeof address === 'object' && address);
  const { port } = address;
  await refuses({ port }, PortTaken, new RegExp(`^port ${port} of 127\\.0\\.0\\.1 is taken: stop .* with --port$`));
});

test('an address of another machine is refused in words', async () => {
  const bind = { insecureBind: true };
  await refuses({ bind: '192.0.2.1', ...bind }, OptionsError, /^bind: 192\.0\.2\.1 is no address of this machine/);
});

test('a directory or file that an option names and that is not there is refused at start', async () => {
  writeFileSync(join(directory, 'file'), 'no certificate');
  mkdirSync(join(directory, 'root'));
  await refuses({ hostPaths: ['root', 'absent'] }, OptionsError, /^hostPaths: .*\/absent does not exist$/);
  await refuses({ hostPaths: ['file'] }, OptionsError, /^hostPaths: .*\/file is not a directory$/);
  const rootFilesystems = { busybox: 'root', foo: 'absent' };
  await refuses({ rootFilesystems }, OptionsError, /^rootFilesystems: .*\/absent of image foo does not exist$/);
  const fileSystems = { 'efs.fileSystems': { 'fs-1': 'root', 'fs-2': 'absent' } };
  await refuses(fileSystems, OptionsError, /^efs\.fileSystems: .*\/absent of fs-2 does not exist$/);
  const tls = { 'tls.certificate': 'absent.pem', 'tls.key': 'file' };
  await refuses(tls, OptionsError, /^tls\.certificate: .*\/absent\.pem does not exist$/);
  await refuses(
    { ...tls, 'tls.certificate': 'file' },
    OptionsError,
    /^tls\.certificate and tls\.key: .* are no certificate/,
  );
});

test('a file of instance types is read at start, and refused in words that say where it is wrong', async () => {
  const given = (text: string, words: RegExp) => {
    writeFileSync(join(directory, 'types.json'), text);
    return refuses({ instanceTypes: 'types.json' }, OptionsError, words);
  };
  await refuses({ instanceTypes: 'absent.json' }, OptionsError, /^instanceTypes: .*\/absent\.json does not exist$/);
  await given('', /^instanceTypes: .*\/types\.json is empty$/);
  const text = readFileSync(builtInFile, 'utf8');
  await given(text.slice(0, -3), /types\.json is no JSON, or was cut off: /);
  await given(
    text.replace('"version": 1', '"version": 7'),
    /types\.json has version 7, and this server reads version 1$/,
  );
  await given(text.replace('"vcpus": 2', '"vcpus": -2'), /types\.json families\.c4\.sizes\.large\.vcpus: /);
  await given(text.padEnd(8 * 2 ** 20 + 1), /types\.json is larger than 8 MiB$/);
});

test('a file of instance types takes the place of those that come with the server', () => {
  const [file, text] = [join(directory, 'own.json'), readFileSync(builtInFile, 'utf8')];
  writeFileSync(file, text.replace('"onDemand": 0.1,', '"onDemand": 0.25,'));
  assert.equal(readInstanceTypes({ instanceTypesFile: file })().all.get('c4.large')?.onDemand, 0.25);
  assert.equal(readInstanceTypes({})().all.get('c4.large')?.onDemand, 0.1);
});

test('what is said of registries and of the mail server in files is read at start, and refused without what the files hold', async () => {
  writeFileSync(join(directory, 'login'), 'no-colon-here\n');
  const login = async (file: string, words: RegExp) =>
    refuses({ 'images.registries': [`r.example=login:${file}`] }, OptionsError, words);
  await login('nowhere', /^images\.registries: .*\/nowhere does not exist$/);
  await login('login', /^images\.registries: .*\/login holds no login: one line of the form user:password$/);
  const smtp = { 'sns.smtp.url': 'smtp://mail', 'sns.smtp.from': 'a@b.test', 'sns.smtp.loginFile': 'login' };
  await refuses(
    smtp,
    OptionsError,
    /^sns\.smtp\.loginFile: .*\/login holds no login: one line of the form user:password$/,
  );
  const ca = { 'images.registries': { 'r.example': { ca: 'login' } } };
  await refuses(ca, OptionsError, /^images\.registries: .*\/login holds no certificates \(PEM\)/);
});

test('an empty certificate is none: nobody is served without one who asked for it', async () => {
  writeFileSync(join(directory, 'empty'), '');
  await refuses({ 'tls.certificate': 'empty', 'tls.key': 'empty' }, OptionsError, /are no certificate/);
});

test('a running server leaves in its data directory how it is called, and takes that away when it stops', async () => {
  const server = await start({ region: 'eu-west-1', 's3.endpoint': 'http://s3.local' });
  const { port } = new URL(server.url);
  const record = readServerRecord(data);
  await server.close();
  assert.deepEqual(record, {
    port: Number(port),
    bind: '127.0.0.1',
    region: 'eu-west-1',
    's3.endpoint': 'http://s3.local',
  });
  assert.equal(readServerRecord(data), undefined);
});

test('a record of another form is no record', () => {
  writeFileSync(join(data, 'server.json'), '{"formatVersion":2}');
  assert.equal(readServerRecord(data), undefined);
});
