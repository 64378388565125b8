import { Buffer } from 'node:buffer';
import {
  firstPosition,
  type SegmentFile,
  type SegmentIndexes,
  SegmentReader,
  type SegmentRecord,
} from '../../../segments/index.ts';
import type { CompiledQuery, QueryRun } from '../insights/index.ts';
import type { ScannedStream, ScanStatistics } from './protocol.ts';
import { formatPointer } from './record-pointer.ts';

/** After so many bytes it says how far it is. */
const progressBytes = 4 * 1024 * 1024;

export interface ScanOptions {
  readonly query: CompiledQuery;
  readonly indexes: SegmentIndexes;
  readonly onDamage: (place: string, words: string) => void;
  readonly onProgress: (statistics: ScanStatistics) => void;
}

/** Gives the events of streams to a query, one after the other. */
export class Scan {
  readonly #options: ScanOptions;
  readonly run: QueryRun;
  #records = 0;
  #bytes = 0;
  #told = 0;

  constructor(options: ScanOptions) {
    this.#options = options;
    this.run = options.query.begin();
  }

  get statistics(): ScanStatistics {
    return { recordsScanned: this.#records, recordsMatched: this.run.matched, bytesScanned: this.#bytes };
  }

  async stream(stream: ScannedStream): Promise<void> {
    await this.#lane(stream, stream.task, true);
    await this.#lane(stream, stream.server, false);
  }

  async #lane(stream: ScannedStream, files: readonly SegmentFile[], isTask: boolean): Promise<void> {
    const { directory, place, from, to } = stream;
    const { indexes, onDamage } = this.#options;
    const damaged = (words: string) => onDamage(place, words);
    const options = { files, direction: 'forward', position: firstPosition, from, to, onDamage: damaged } as const;
    const reader = new SegmentReader(indexes, directory, options);
    while ((await reader.fill()) !== 'end') {
      for (let record = reader.take(); record; record = reader.take()) this.#look(stream, record, isTask);
      this.#tell();
    }
  }

  #look(stream: ScannedStream, record: SegmentRecord, isTask: boolean): void {
    const { payload, timestamp, ingestedAt, segment, offset } = record;
    this.#records += 1;
    this.#bytes += payload.length;
    if (!this.#options.query.mayMatch(Buffer.from(payload.buffer, payload.byteOffset, payload.length))) return;
    const { group, name, place, account } = stream;
    const pointer = () => formatPointer({ group, stream: name, place, isTask, segment, offset });
    this.run.push({ timestamp, ingestedAt, payload, logStream: name, log: `${account}:${group}`, pointer });
  }

  #tell(): void {
    if (this.#bytes - this.#told < progressBytes) return;
    this.#told = this.#bytes;
    this.#options.onProgress(this.statistics);
  }
}
