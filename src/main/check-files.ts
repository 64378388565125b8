import { createPrivateKey, X509Certificate } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { RegistrySettings } from '../images/index.ts';
import {
  builtInTypes,
  CatalogueError,
  catalogueLimits,
  InstanceTypes,
  parseCatalogue,
} from '../instance-types/index.ts';
import type { SmtpSettings } from '../services/sns/index.ts';
import type { CompiledOptions } from './compiled-options.ts';
import { OptionsError } from './options.ts';
import type { OptionName } from './options-table.ts';

/** A certificate and its key, as PEM. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Reads what to serve HTTPS with. Throws `OptionsError` if a file cannot be read, or the two do not go together. */
export function readTlsFiles({ tls }: CompiledOptions['listen']): TlsFiles | undefined {
  if (!tls) return undefined;
  const certificate = readOptionFile('tls.certificate', tls.certificateFile);
  const key = readOptionFile('tls.key', tls.keyFile);
  try {
    // OpenSSL takes an empty file for one that was not given, and says last whether the two go together.
    new X509Certificate(certificate);
    createPrivateKey(key);
    createSecureContext({ cert: certificate, key });
  } catch (error) {
    const { message } = error as Error;
    throw new OptionsError(
      `tls.certificate and tls.key: ${tls.certificateFile} and ${tls.keyFile} are no certificate (PEM) and its key: ${message}`,
      { cause: error },
    );
  }
  return { certificate, key };
}

/** Reads the secret key of the S3 server: the file's one line. Throws `OptionsError` if it cannot be read, or is no key. */
export function readS3Secret({ secretAccessKeyFile }: CompiledOptions['s3']): string | undefined {
  if (secretAccessKeyFile === undefined) return undefined;
  const secret = readOptionFile('s3.secretAccessKeyFile', secretAccessKeyFile).trim();
  if (/^[\x21-\x7e]+$/.test(secret)) return secret;
  // Never with what it holds.
  throw new OptionsError(
    `s3.secretAccessKeyFile: ${secretAccessKeyFile} holds no key: one line of printable characters`,
  );
}

/** Reads what is said of registries in files. Throws `OptionsError` if one cannot be read, or holds something else. */
export function readRegistries({ registries }: CompiledOptions['images']): Readonly<Record<string, RegistrySettings>> {
  const read = [...registries].map(([name, { caFile, insecure, loginFile }]) => {
    const ca = caFile === undefined ? {} : { ca: readCertificates(caFile) };
    const login = loginFile === undefined ? {} : { credentials: readLogin('images.registries', loginFile) };
    return [name, { ...ca, ...(insecure === undefined ? {} : { insecure }), ...login }] as const;
  });
  return Object.fromEntries(read);
}

function readCertificates(file: string): string {
  const pem = readOptionFile('images.registries', file);
  try {
    new X509Certificate(pem);
  } catch (error) {
    throw new OptionsError(`images.registries: ${file} holds no certificates (PEM): ${(error as Error).message}`, {
      cause: error,
    });
  }
  return pem;
}

/** Reads how the mail server is logged in to. Throws `OptionsError` if the file cannot be read, or holds no login. */
export function readSmtp({ smtp }: Pick<CompiledOptions, 'smtp'>): SmtpSettings | undefined {
  if (!smtp) return undefined;
  const { loginFile, ...settings } = smtp;
  return { ...settings, ...(loginFile !== undefined && { login: readLogin('sns.smtp.loginFile', loginFile) }) };
}

function readLogin(option: OptionName, file: string): NonNullable<RegistrySettings['credentials']> {
  const [, username, password] = /^([^:\n]+):([^\n]+)\n?$/.exec(readOptionFile(option, file)) ?? [];
  if (username !== undefined && password !== undefined) return { username, password };
  // Never with what it holds.
  throw new OptionsError(`${option}: ${file} holds no login: one line of the form user:password`);
}

/**
 * The instance types there are: a file's, or those that come with the server, which are read when somebody asks. Throws `OptionsError` if the
 * file cannot be read, or is no catalogue.
 */
export function readInstanceTypes({
  instanceTypesFile: file,
}: Pick<CompiledOptions, 'instanceTypesFile'>): () => InstanceTypes {
  if (file === undefined) return builtInTypes;
  const text = readOptionFile('instanceTypes', file, catalogueLimits.bytes);
  try {
    const types = new InstanceTypes(parseCatalogue(text));
    return () => types;
  } catch (error) {
    if (!(error instanceof CatalogueError)) throw error;
    throw new OptionsError(`instanceTypes: ${file} ${error.message}`, { cause: error });
  }
}

/** Throws `OptionsError` if an option names a directory that is not there: jobs would find out one by one. */
export function checkDirectories({ engine, fileSystems }: Pick<CompiledOptions, 'engine' | 'fileSystems'>): void {
  const { hostPaths, rootFilesystems } = engine;
  for (const path of hostPaths) checkDirectory('hostPaths', path, path);
  for (const [image, { directory }] of rootFilesystems)
    checkDirectory('rootFilesystems', directory, `${directory} of image ${image}`);
  for (const [id, path] of fileSystems.directories) checkDirectory('efs.fileSystems', path, `${path} of ${id}`);
}

/** Of a file that may be large only one byte more than `most` is read: enough to know that it is too large. */
function readOptionFile(name: OptionName, path: string, most?: number): string {
  try {
    return most === undefined ? readFileSync(path, 'utf8') : readStart(path, most + 1);
  } catch (error) {
    throw new OptionsError(`${name}: ${path} ${wordsOf(error, 'read')}`, { cause: error });
  }
}

function readStart(path: string, most: number): string {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(most);
    let length = 0;
    for (let read = -1; read !== 0 && length < most; length += read)
      read = readSync(file, buffer, length, most - length, null);
    return buffer.toString('utf8', 0, length);
  } finally {
    closeSync(file);
  }
}

function checkDirectory(name: OptionName, path: string, what: string): void {
  let isDirectory: boolean;
  try {
    isDirectory = statSync(path).isDirectory();
  } catch (error) {
    throw new OptionsError(`${name}: ${what} ${wordsOf(error, 'looked at')}`, { cause: error });
  }
  if (!isDirectory) throw new OptionsError(`${name}: ${what} is not a directory`);
}

function wordsOf(error: unknown, what: string): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'does not exist' : `cannot be ${what} (${code})`;
}
