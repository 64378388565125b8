import { z } from 'zod';
import { jsonOf } from '../../../core/json-of.ts';
import type { PullProgress } from '../../../images/index.ts';

const lineFormat = z.object({
  id: z.string().nullish(),
  status: z.string().nullish(),
  progressDetail: z.object({ current: z.number().nullish(), total: z.number().nullish() }).nullish(),
  error: z.string().nullish(),
  errorDetail: z.object({ message: z.string() }).nullish(),
});

interface Layer {
  readonly downloaded: number;
  readonly unpacked: number;
  readonly isHere: boolean;
  /** Known with its first byte. */
  readonly total?: number;
}

const unknown: Layer = { downloaded: 0, unpacked: 0, isHere: false };

/** How far a pull is, from the lines that the daemon sends meanwhile. */
export class DaemonPullProgress {
  readonly #layers = new Map<string, Layer>();

  /** Answers the daemon's words if the line says that the pull has failed. */
  take(line: string): string | undefined {
    const { id, status, progressDetail, error, errorDetail } = lineFormat.safeParse(jsonOf(line)).data ?? {};
    if (id && status) this.#note(id, status, progressDetail?.current ?? 0, progressDetail?.total ?? undefined);
    return errorDetail?.message || error || undefined;
  }

  get now(): PullProgress {
    const layers = [...this.#layers.values()];
    if (layers.length === 0) return { phase: 'resolving', bytes: 0 };
    const isHere = layers.every((layer) => layer.isHere);
    const sum = (of: (layer: Layer) => number) => layers.reduce((all, layer) => all + of(layer), 0);
    const isKnown = layers.every(({ total }) => total !== undefined);
    return {
      phase: isHere ? 'unpacking' : 'downloading',
      bytes: sum(({ downloaded, unpacked }) => (isHere ? unpacked : downloaded)),
      ...(isKnown ? { totalBytes: sum(({ total = 0 }) => total) } : {}),
    };
  }

  /** Docker's words. What it had before is not part of the pull. */
  #note(id: string, status: string, current: number, total: number | undefined): void {
    const layer = { ...(this.#layers.get(id) ?? unknown), ...(total ? { total } : {}) };
    const { total: whole = layer.downloaded } = layer;
    const changes: Readonly<Record<string, Partial<Layer>>> = {
      'Pulling fs layer': {},
      Downloading: { downloaded: current },
      'Download complete': { isHere: true, downloaded: whole },
      Extracting: { isHere: true, downloaded: whole, unpacked: current },
      'Pull complete': { isHere: true, downloaded: whole, unpacked: whole },
    };
    const change = Object.hasOwn(changes, status) ? changes[status] : undefined;
    if (change) this.#layers.set(id, { ...layer, ...change });
  }
}
