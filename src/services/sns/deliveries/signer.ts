import { createHash, createPrivateKey, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { Scope } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import type { AccountId, Region } from '../../../core/ids.ts';
import type { RandomSource } from '../../../core/random.ts';
import type { Ledger } from '../../../store/index.ts';
import { type SigningIdentityRecord, signingIdentityRecords } from '../records.ts';
import { selfSignedCertificate } from './certificate.ts';

const day = 86_400_000;
/** A certificate is as old as its installation may get. */
const lifetime = 100 * 365 * day;

/** A key that signs messages, and where its certificate is. */
export interface SigningIdentity {
  readonly key: KeyObject;
  readonly certificate: string;
  /** The path of the certificate on this server. */
  readonly path: string;
}

interface SignerOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly account: AccountId;
}

/** Signs messages with the installation's own key, which is made when it is first needed. */
export class Signer {
  readonly #options: SignerOptions;
  readonly #place: Scope;
  #identity: Promise<SigningIdentity> | undefined;
  #known: SigningIdentity | undefined;

  constructor(options: SignerOptions) {
    this.#options = options;
    this.#place = { account: options.account, region: 'installation' as Region };
  }

  /** The installation's identity; the first ever takes a moment to be made. */
  async identity(): Promise<SigningIdentity> {
    this.#identity ??= this.#open();
    try {
      this.#known = await this.#identity;
      return this.#known;
    } catch (error) {
      this.#identity = undefined;
      throw error;
    }
  }

  /** The certificate at a path of this server. */
  certificateAt(path: string): string | undefined {
    if (!path.startsWith('/sns/')) return undefined;
    const stored = this.#stored();
    this.#known ??= stored && identityOf(stored);
    return this.#known?.path === path ? this.#known.certificate : undefined;
  }

  /** Forgets what memory held: the ledger is rebuilt. */
  forget(): void {
    this.#identity = undefined;
    this.#known = undefined;
  }

  #stored(): SigningIdentityRecord | undefined {
    return this.#options.ledger.get(signingIdentityRecords, this.#place);
  }

  async #open(): Promise<SigningIdentity> {
    return identityOf(this.#stored() ?? (await this.#create()));
  }

  async #create(): Promise<SigningIdentityRecord> {
    const { clock, random, ledger } = this.#options;
    const pair = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    const now = clock.now();
    const certificate = selfSignedCertificate({
      ...pair,
      commonName: 'sns.batchyard',
      serial: random.bytes(16),
      notBefore: now - day,
      notAfter: now + lifetime,
    });
    const identity: SigningIdentityRecord = {
      ...this.#place,
      privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      certificate,
    };
    ledger.transact((transaction) => transaction.put(signingIdentityRecords, identity));
    return identity;
  }
}

function identityOf({ privateKey, certificate }: SigningIdentityRecord): SigningIdentity {
  const fingerprint = createHash('sha256').update(certificate).digest('hex').slice(0, 32);
  return {
    key: createPrivateKey(privateKey),
    certificate,
    path: `/sns/SimpleNotificationService-${fingerprint}.pem`,
  };
}

/** SNS's signature versions: SHA-1 is its default. */
export type SignatureVersion = '1' | '2';

const digests: Readonly<Record<SignatureVersion, string>> = { '1': 'sha1', '2': 'sha256' };

type Members = Readonly<Record<string, string>>;

/** Signs members in the order of their names, each as its name and value on lines of their own. */
export function signMembers({ key }: SigningIdentity, version: SignatureVersion, members: Members): string {
  return sign(digests[version], textOf(members), key).toString('base64');
}

/** `signMembers` beside the event loop: a signature takes a millisecond or two. */
export async function signMembersAside(
  { key }: SigningIdentity,
  version: SignatureVersion,
  members: Members,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  sign(digests[version], textOf(members), key, (error, signature) => (error ? reject(error) : resolve(signature)));
  return (await promise).toString('base64');
}

function textOf(members: Members): Buffer {
  const sorted = Object.entries(members).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(sorted.map(([name, value]) => `${name}\n${value}\n`).join(''));
}
