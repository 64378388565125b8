import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Collected, Position } from '../../../audit/index.ts';
import { scopeOf } from '../../../core/arn.ts';
import type { Transaction } from '../../../store/index.ts';
import {
  type DeliveryStatus,
  type Plan,
  type PlannedFile,
  type Span,
  type TrailProgressRecord,
  type TrailRecord,
  trailFileRecords,
} from '../records.ts';
import { filterOf } from '../selectors.ts';
import { hashOf } from './digest.ts';
import { logFileName } from './file-names.ts';
import { advance, type DeliveryParts, type TrailState } from './parts.ts';

export type LogPlan = Extract<Plan, { readonly kind: 'logs' }>;

const compress = promisify(gzip);
/** Records of one file, in characters. */
const largestFile = 4 * 1024 * 1024;

/** The texts of files, in the order of a plan. */
type Texts = readonly string[];

/**
 * Delivers the next records of a trail, up to `until` at most: their files are named and hashed in the store before any of them is
 * written. Answers whether there may be more.
 */
export async function deliverNext(
  parts: DeliveryParts,
  { trail, progress }: TrailState,
  until: Position,
  signal: AbortSignal,
): Promise<boolean> {
  const [span] = progress.spans;
  if (!span) return false;
  const filter = filterOf(trail);
  const found = await parts.audit.collect({ start: span.at, until: span.until ?? until, limit: largestFile, filter });
  signal.throwIfAborted();
  if (found.records.length === 0) return await passBy(parts, trail, progress, found);
  const { planned, texts } = planFiles(parts, trail, found);
  const plan: LogPlan = { kind: 'logs', start: span.at, next: found.next, filter, files: planned };
  await advance(parts, trail, (state) => ({ ...state.progress, plan }));
  await carryOut(parts, trail, plan, texts, signal);
  return true;
}

/** Nothing wanted was there. */
async function passBy(
  parts: DeliveryParts,
  trail: TrailRecord,
  { spans }: TrailProgressRecord,
  { next, isEnd }: Collected,
): Promise<boolean> {
  const moved = movedTo(spans, next);
  if (JSON.stringify(moved) !== JSON.stringify(spans))
    await advance(parts, trail, (state) => ({ ...state.progress, spans: movedTo(state.progress.spans, next) }));
  return !isEnd || moved.length < spans.length;
}

/** The first span is done up to a place, or altogether. */
function movedTo([first, ...others]: readonly Span[], at: Position): readonly Span[] {
  if (!first) return [];
  const { until } = first;
  const isDone = until && until.segment === at.segment && until.block === at.block && until.record === at.record;
  return isDone ? others : [{ ...first, at }, ...others];
}

/** A region's records are a file. */
function planFiles({ clock, random }: DeliveryParts, trail: TrailRecord, { records }: Collected) {
  const now = clock.now();
  const texts: string[] = [];
  const planned = [...Map.groupBy(records, ({ region }) => region)].map(([region, own]): PlannedFile => {
    const text = `{"Records":[${own.map((each) => each.text).join(',')}]}`;
    texts.push(text);
    const times = own.map(({ time }) => time).sort();
    const [oldest = '', newest = ''] = [times.at(0), times.at(-1)];
    const object = logFileName(trail, region, now, random);
    return { region, bucket: trail.place.bucket, object, hash: hashOf(text), oldest, newest };
  });
  return { planned, texts };
}

/** Writes the files of a plan that an earlier try, or an earlier server, made. */
export async function repeatPlan(parts: DeliveryParts, trail: TrailRecord, plan: LogPlan, signal: AbortSignal) {
  const { start, next: until, filter } = plan;
  const found = await parts.audit.collect({ start, until, limit: Number.MAX_SAFE_INTEGER, filter });
  signal.throwIfAborted();
  const byRegion = Map.groupBy(found.records, ({ region }) => region);
  const texts = plan.files.map(
    ({ region }) => `{"Records":[${(byRegion.get(region) ?? []).map((each) => each.text).join(',')}]}`,
  );
  if (found.isEnd && plan.files.every(({ hash }, index) => hashOf(texts[index] ?? '') === hash))
    return await carryOut(parts, trail, plan, texts, signal);
  const details = { trail: trail.name, files: plan.files.map(({ object }) => object) };
  parts.logger.warn(details, 'records of a trail are no longer as they were: its files are planned anew');
  return await advance(parts, trail, ({ progress: { plan: _, ...rest } }) => rest);
}

async function carryOut(
  parts: DeliveryParts,
  trail: TrailRecord,
  plan: LogPlan,
  texts: Texts,
  signal: AbortSignal,
): Promise<void> {
  for (const [index, { bucket, object }] of plan.files.entries())
    await parts.files.put({ bucket, object, content: await compress(texts[index] ?? '') }, signal);
  signal.throwIfAborted();
  const told = await tell(parts, trail, plan.files, signal);
  await advance(parts, trail, (state, transaction) => finished(parts, state, plan, told, transaction));
}

/** That nobody could be told keeps no file back. */
async function tell(
  { notify, clock }: DeliveryParts,
  trail: TrailRecord,
  files: readonly PlannedFile[],
  signal: AbortSignal,
): Promise<DeliveryStatus> {
  if (trail.topicArn === undefined) return {};
  const message = JSON.stringify({ s3Bucket: files[0]?.bucket, s3ObjectKey: files.map(({ object }) => object) });
  const notificationAttemptedAt = clock.now();
  try {
    await notify(trail, message, signal);
    return { notificationAttemptedAt, notifiedAt: clock.now() };
  } catch (error) {
    signal.throwIfAborted();
    return { notificationAttemptedAt, notificationError: error instanceof Error ? error.message : String(error) };
  }
}

function finished(
  { clock }: DeliveryParts,
  { trail, progress: { plan: _done, ...progress } }: TrailState,
  plan: LogPlan,
  told: DeliveryStatus,
  transaction: Transaction,
): TrailProgressRecord {
  const now = clock.now();
  const { error: _error, notificationError: _notificationError, ...status } = progress.status;
  const delivered = { ...status, ...told, attemptedAt: now, deliveredAt: now };
  const spans = movedTo(progress.spans, plan.next);
  if (!trail.validation) return { ...progress, spans, status: delivered };
  for (const file of plan.files) transaction.put(trailFileRecords, { ...scopeOf(trail), name: trail.name, file });
  const fresh = plan.files.filter(({ region }) => !progress.chains.some((chain) => chain.region === region));
  const since = Math.floor(now / 1000) * 1000;
  const chains = [...progress.chains, ...fresh.map(({ region }) => ({ region, since }))];
  return { ...progress, spans, chains, status: delivered };
}
