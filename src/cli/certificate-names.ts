import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { isSystemError } from '../core/system-error.ts';

/** The hosts that a certificate is for. */
export interface CertificateNames {
  /** Whether clients accept it from this name or address. */
  has(host: string): boolean;
}

/** Those of the first certificate (PEM) of a file; undefined if there is none, or if this user may not read it. */
export function certificateNames(file: string): CertificateNames | undefined {
  const certificate = readCertificate(file);
  if (!certificate) return undefined;
  return { has: (host) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined };
}

function readCertificate(file: string): X509Certificate | undefined {
  try {
    return new X509Certificate(readFileSync(file));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // The server says at its start what is wrong with its files.
    if (isSystemError(error) || code.startsWith('ERR_OSSL')) return undefined;
    throw error;
  }
}
