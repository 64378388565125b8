import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Scope } from '../../core/arn.ts';
import type { RandomSource } from '../../core/random.ts';
import type { Ledger, Transaction } from '../../store/index.ts';
import { handleKeyRecords } from './records.ts';

/** What a receipt handle names: one receive of a message. */
export interface Handle {
  readonly queue: number;
  readonly id: number;
  readonly nonce: number;
}

const version = 1;
/** A byte for the version, 6 for queue and nonce, 8 for the message. */
const plainLength = 21;
const sealLength = 8;

/** Makes the key of a scope if it has none yet. */
export function ensureKey(ledger: Ledger, transaction: Transaction, scope: Scope, random: RandomSource): void {
  if (ledger.get(handleKeyRecords, scope)) return;
  const { account, region } = scope;
  transaction.put(handleKeyRecords, { account, region, key: Buffer.from(random.bytes(32)).toString('hex') });
}

export function formatHandle(ledger: Ledger, scope: Scope, { queue, id, nonce }: Handle): string {
  const plain = Buffer.alloc(plainLength);
  plain[0] = version;
  plain.writeUIntBE(queue, 1, 6);
  plain.writeBigUInt64BE(BigInt(id), 7);
  plain.writeUIntBE(nonce, 15, 6);
  return Buffer.concat([plain, seal(ledger, scope, plain)]).toString('base64');
}

/** Undefined for what this installation did not make. */
export function readHandle(ledger: Ledger, scope: Scope, text: string): Handle | undefined {
  if (text.length > 100) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== plainLength + sealLength || bytes[0] !== version) return undefined;
  const plain = bytes.subarray(0, plainLength);
  if (!timingSafeEqual(seal(ledger, scope, plain), bytes.subarray(plainLength))) return undefined;
  return {
    queue: plain.readUIntBE(1, 6),
    id: Number(plain.readBigUInt64BE(7)),
    nonce: plain.readUIntBE(15, 6),
  };
}

/** Of a scope without a key no handle is right: nothing was ever received in it. */
function seal(ledger: Ledger, scope: Scope, plain: Uint8Array): Buffer {
  const key = ledger.get(handleKeyRecords, scope)?.key;
  if (key === undefined) return Buffer.alloc(sealLength);
  return createHmac('sha256', Buffer.from(key, 'hex')).update(plain).digest().subarray(0, sealLength);
}

/** A number for one receive: never 0, which stands for none. */
export function newNonce(random: RandomSource): number {
  return Buffer.from(random.bytes(6)).readUIntBE(0, 6) || 1;
}
