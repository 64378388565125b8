import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const project = join(import.meta.dirname, '../..');

/** Our own command. */
export const batchyard = join(project, 'bin/batchyard');

export interface CommandOptions {
  readonly cwd?: string;
  /** Beside PATH, HOME and the temporary directory; nothing else is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with what the command has written to standard output so far. */
  readonly onOutput?: (stdout: string, child: { kill(signal: NodeJS.Signals): boolean }) => void;
  /** For standard input, which is empty without it. */
  readonly input?: string;
}

export interface CommandResult {
  /** The exit code, or the signal that ended it. */
  readonly exit: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. Rejects only if it cannot be started. */
export function runCommand(
  file: string,
  words: readonly string[],
  { cwd = project, env = {}, onOutput, input = '' }: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, words, { cwd, env: { ...inherited(), ...env }, stdio: 'pipe' });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      onOutput?.(stdout, child);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ exit: signal ?? code, stdout, stderr }));
    child.stdin.end(input);
  });
}

function inherited(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE } = process.env;
  const { AWS_EC2_METADATA_DISABLED } = process.env;
  const given = { PATH, HOME, TMPDIR, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, AWS_EC2_METADATA_DISABLED };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** A program that a machine may lack. */
export interface Program {
  readonly file: string;
  /** For `test`: skips where the program is missing, unless nothing may be skipped. */
  readonly needed: { readonly skip?: string };
}

/** The `aws` CLI of TEST_AWS_CLI, of the project's .venv, or of the PATH. */
export const awsCli = findProgram('the aws CLI', process.env.TEST_AWS_CLI, 'aws', ['--version']);

/** A Python that has boto3, of TEST_PYTHON, of the project's .venv, or of the PATH. */
export const python = findProgram('Python with boto3', process.env.TEST_PYTHON, 'python3', ['-c', 'import boto3']);

function findProgram(name: string, named: string | undefined, file: string, probe: readonly string[]): Program {
  const own = join(project, '.venv/bin', file);
  const found = [named, existsSync(own) ? own : undefined, file].find((each) => each !== undefined) ?? file;
  const works = spawnSync(found, probe, { stdio: 'ignore' }).status === 0;
  const skip = works || process.env.BATCHYARD_REQUIRE_ALL === '1' ? {} : { skip: `needs ${name}` };
  return { file: found, needed: skip };
}
