import { type KeyObject, sign } from 'node:crypto';
import type { EpochMilliseconds } from '../../../core/ids.ts';

/** What a self-signed certificate says. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  /** At most 20 bytes. */
  readonly serial: Uint8Array;
  readonly notBefore: EpochMilliseconds;
  readonly notAfter: EpochMilliseconds;
}

/** Makes a self-signed X.509 certificate (RFC 5280, SHA-256 with RSA) in PEM. Node can read certificates, not make them. */
export function selfSignedCertificate(request: CertificateRequest): string {
  const name = sequence(set(sequence(commonNameId, utf8(request.commonName))));
  const tbs = sequence(
    explicit(0, integer(Uint8Array.of(2))),
    integer(request.serial),
    algorithm,
    name,
    sequence(time(request.notBefore), time(request.notAfter)),
    name,
    request.publicKey.export({ type: 'spki', format: 'der' }),
  );
  const der = sequence(tbs, algorithm, bitString(sign('sha256', tbs, request.privateKey)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** An element of DER: tag, length, content. */
function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Uint8Array.of(tag), lengthOf(body.length), body]);
}

function lengthOf(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  return length < 0x100 ? Uint8Array.of(0x81, length) : Uint8Array.of(0x82, length >> 8, length & 0xff);
}

function sequence(...content: readonly Uint8Array[]): Buffer {
  return element(0x30, ...content);
}

function set(...content: readonly Uint8Array[]): Buffer {
  return element(0x31, ...content);
}

function explicit(number: number, content: Uint8Array): Buffer {
  return element(0xa0 | number, content);
}

/** A number that is not negative. */
function integer(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? Uint8Array.of(0) : bytes.subarray(start);
  return (digits[0] ?? 0) >= 0x80 ? element(0x02, Uint8Array.of(0), digits) : element(0x02, digits);
}

function utf8(text: string): Buffer {
  return element(0x0c, Buffer.from(text));
}

function bitString(bytes: Uint8Array): Buffer {
  return element(0x03, Uint8Array.of(0), bytes);
}

/** UTCTime until 2049, GeneralizedTime from then on. */
function time(at: EpochMilliseconds): Buffer {
  const text = `${new Date(at).toISOString().replace(/[-:T]|\..*/g, '')}Z`;
  return Number(text.slice(0, 4)) < 2050 ? element(0x17, Buffer.from(text.slice(2))) : element(0x18, Buffer.from(text));
}

/** 2.5.4.3 */
const commonNameId = Uint8Array.of(0x06, 0x03, 0x55, 0x04, 0x03);
/** 1.2.840.113549.1.1.11, without parameters. */
const algorithm = sequence(
  Uint8Array.of(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b),
  Uint8Array.of(0x05, 0x00),
);
