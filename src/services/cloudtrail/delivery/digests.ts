import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { scopeOf } from '../../../core/arn.ts';
import type { EpochMilliseconds, Milliseconds } from '../../../core/ids.ts';
import { secondsText } from '../../../core/seconds-text.ts';
import { chainOf, type DigestChain, type Plan, type TrailRecord, trailFileRecords } from '../records.ts';
import { digestText, hashOf, signedText } from './digest.ts';
import { digestName } from './file-names.ts';
import { advance, type DeliveryParts, type TrailState } from './parts.ts';

export type DigestPlan = Extract<Plan, { readonly kind: 'digest' }>;

const compress = promisify(gzip);

/** When the next digest of a chain is due. */
export function digestDue({ since }: DigestChain, every: Milliseconds): EpochMilliseconds {
  return since + every;
}

/**
 * Plans the digest of a region whose time is over: whatever dies then, it is written as it was planned. Answers whether there was one.
 * A clock that was set back begins the time anew.
 */
export async function planDigest(parts: DeliveryParts, state: TrailState): Promise<boolean> {
  const { trail, progress } = state;
  const now = parts.clock.now();
  const every = parts.digestEvery;
  const chain = progress.chains.find((each) => digestDue(each, every) <= now || each.since > now);
  if (!chain) return false;
  const { region, since } = chain;
  if (since > now) await replaceChain(parts, trail, { ...chain, since: Math.floor(now / 1000) * 1000 });
  else if (isOver(parts, state, region)) await replaceChain(parts, trail, undefined, region);
  else await plan(parts, trail, chain, since + Math.floor((now - since) / every) * every);
  return true;
}

/** Nothing more will come, and nothing is left to be signed. */
function isOver({ ledger }: DeliveryParts, { trail, progress }: TrailState, region: string): boolean {
  if (trail.isLogging || progress.spans.length > 0) return false;
  return ledger.countBy(trailFileRecords, trail, 'chain', chainOf(trail.name, region)) === 0;
}

async function plan(
  parts: DeliveryParts,
  trail: TrailRecord,
  { region, previous }: DigestChain,
  until: EpochMilliseconds,
): Promise<void> {
  const { fingerprint } = await parts.keys.keyFor(scopeOf(trail), until);
  const { bucket } = trail.place;
  const named = digestName(trail, region, until);
  // A clock that was set back would have one digest take the place of another.
  const end = named === previous?.object ? until + 1000 : until;
  const object = digestName(trail, region, end);
  await advance(parts, trail, ({ progress }) => ({
    ...progress,
    plan: { kind: 'digest', region, bucket, object, end, fingerprint },
  }));
}

/** Writes the digest that is planned. */
export async function writeDigest(parts: DeliveryParts, state: TrailState, planned: DigestPlan, signal: AbortSignal) {
  const { trail, progress } = state;
  const { region, bucket, object, end, fingerprint } = planned;
  const chain = progress.chains.find((each) => each.region === region);
  if (!chain) return await advance(parts, trail, ({ progress: { plan: _, ...rest } }) => rest);
  const of = chainOf(trail.name, region);
  const records = [...parts.ledger.by(trailFileRecords, trail, 'chain', { value: of })];
  const files = records.map(({ file }) => file);
  const text = digestText({ account: trail.account, chain, bucket, object, end, fingerprint, files });
  const previous = chain.previous?.signature ?? null;
  const signature = parts.keys.sign(trail, fingerprint, signedText(secondsText(end), bucket, object, text, previous));
  await parts.files.put({ bucket, object, content: await compress(text), signature }, signal);
  signal.throwIfAborted();
  const written = { bucket, object, hash: hashOf(text), signature };
  return await advance(parts, trail, ({ progress: { plan: _, ...rest } }, transaction) => {
    for (const { file } of records) transaction.delete(trailFileRecords, trail, `${of}\n${file.object}`);
    const chains = rest.chains.map((each) =>
      each.region === region ? { region, since: end, previous: written } : each,
    );
    const { digestError: _error, ...status } = rest.status;
    return { ...rest, chains, status: { ...status, digestedAt: parts.clock.now() } };
  });
}

async function replaceChain(
  parts: DeliveryParts,
  trail: TrailRecord,
  chain: DigestChain | undefined,
  region = chain?.region,
): Promise<void> {
  await advance(parts, trail, ({ progress }) => ({
    ...progress,
    chains: progress.chains.flatMap((each) => (each.region === region ? (chain ?? []) : each)),
  }));
}
