import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { awsCli, type CommandResult, python } from './command.ts';

const project = join(import.meta.dirname, '../..');

/** Nobody answers there: the network says so at once, unless a test puts somebody there who does not. */
export const nameServer = '127.255.255.254';

/** What a container without an init system has of names: no module but these two, and no name server that answers. */
const files = {
  hosts: '127.0.0.1\tlocalhost\n',
  'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
  'resolv.conf': `nameserver ${nameServer}\noptions timeout:30 attempts:5\n`,
  passwd: 'root:x:0:0::/home:/bin/sh\n',
} as const;

/**
 * A machine as bare as a container: the programs of this one, but an /etc of its own, a network of its own with nothing but
 * loopback, no systemd, and /etc/hosts as a mount. Gone, with all that runs in it, after the test.
 */
export class FreshRoot {
  /** /etc/hosts of the machine, as its owner sees it. */
  readonly hostsFile: string;
  readonly #directory: string;
  readonly #shell: ChildProcessByStdio<Writable, Readable, null>;
  readonly #ends: AsyncIterator<string>;
  #count = 0;

  private constructor(hostsOption: '--bind' | '--ro-bind') {
    this.#directory = makeFiles();
    this.hostsFile = join(this.#directory, 'hosts');
    const words = sandbox(this.#directory, hostsOption);
    this.#shell = spawn('bwrap', [...words, '/bin/sh', '-s'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#ends = createInterface({ input: this.#shell.stdout })[Symbol.asyncIterator]();
  }

  static open(test: Pick<TestContext, 'after'>, hostsOption: '--bind' | '--ro-bind' = '--bind'): FreshRoot {
    const root = new FreshRoot(hostsOption);
    test.after(() => root.#close());
    return root;
  }

  get hosts(): string {
    return readFileSync(this.hostsFile, 'utf8');
  }

  /** Runs a script there, in a shell of its own, to its end. What it leaves in the background goes on. */
  async sh(script: string): Promise<CommandResult> {
    const name = String(this.#count++);
    const [stdout, stderr] = [`${name}.stdout`, `${name}.stderr`];
    writeFileSync(join(this.#directory, name), script);
    this.#shell.stdin.write(`/bin/sh /mnt/${name} >/mnt/${stdout} 2>/mnt/${stderr} </dev/null; echo $?\n`);
    const { value, done } = await this.#ends.next();
    if (done) throw new Error('the fresh root is gone');
    const read = (file: string) => readFileSync(join(this.#directory, file), 'utf8');
    return { exit: Number(value), stdout: read(stdout), stderr: read(stderr) };
  }

  async #close(): Promise<void> {
    const closed = new Promise((resolve) => this.#shell.once('close', resolve));
    this.#shell.kill('SIGKILL');
    await closed;
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A Python that is not of the system, and the one that a virtual environment was made of. */
const pythonPrefixes = findPythonPrefixes();

function findPythonPrefixes(): readonly string[] {
  const script = 'import sys; print(sys.prefix, sys.base_prefix, sep="\\n")';
  const { stdout } = spawnSync(python.file, ['-c', script], { encoding: 'utf8' });
  const prefixes = (stdout ?? '').split('\n').filter((path) => isAbsolute(path) && !path.startsWith('/usr'));
  return [...new Set(prefixes)];
}

/** For `test`: skips where no such root can be made, or lacks a program, unless nothing may be skipped. */
export const freshRoots: { readonly skip?: string } =
  process.env.BATCHYARD_REQUIRE_ALL === '1' || hasClients()
    ? {}
    : { skip: 'needs bubblewrap, openssl, Python with boto3 and the aws CLI' };

function hasClients(): boolean {
  const directory = makeFiles();
  const script = 'python3 -c "import boto3" && aws --version && openssl version';
  const { status } = spawnSync('bwrap', [...sandbox(directory, '--ro-bind'), '/bin/sh', '-c', script]);
  rmSync(directory, { recursive: true });
  return status === 0;
}

function makeFiles(): string {
  const directory = mkdtempSync(join(tmpdir(), 'fresh-root-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  return directory;
}

function sandbox(directory: string, hostsOption: string): readonly string[] {
  const etc = Object.keys(files).flatMap((name) => [
    ...[name === 'hosts' ? hostsOption : '--ro-bind', join(directory, name), `/etc/${name}`],
  ]);
  const shown = ['/etc/alternatives', '/etc/ld.so.cache'].flatMap((path) => ['--ro-bind-try', path, path]);
  return [
    ...['--unshare-all', '--die-with-parent', '--ro-bind', '/usr', '/usr', ...systemDirectories()],
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp', '--dir', '/home', '--chdir', '/home'],
    ...[...etc, ...shown, '--bind', directory, '/mnt'],
    ...[project, ...pythonPrefixes].flatMap((path) => ['--ro-bind', path, path]),
    ...['--clearenv', '--setenv', 'HOME', '/home', '--setenv', 'LANG', 'C.UTF-8', '--setenv', 'PATH', searchPath()],
  ];
}

/** Where the clients are: in the project, where they were named, beside the Python that has boto3, or of the system. */
function searchPath(): string {
  const own = ['bin', 'node_modules/.bin'].map((path) => join(project, path));
  const named = [awsCli.file, python.file].filter((file) => isAbsolute(file)).map((file) => dirname(file));
  const besidePython = pythonPrefixes.map((prefix) => join(prefix, 'bin'));
  return [...own, ...named, ...besidePython, '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter);
}

/** /bin, /lib and others: links into /usr, or directories of their own. */
function systemDirectories(): readonly string[] {
  return ['/bin', '/sbin', '/lib', '/lib32', '/lib64']
    .filter((path) => existsSync(path))
    .flatMap((path) =>
      lstatSync(path).isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path],
    );
}
