import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../src/core/clock.ts';
import { type LayerFile, unpackImage } from '../src/images/unpack/index.ts';
import { type Figure, type Finding, percent } from './support/figure.ts';
import { archiveOf, openLoadingDaemons } from './support/loading-daemon.ts';

const directories = 500;
const filesOfDirectory = 16;
const rounds = 3;

/**
 * An image's layer unpacked by us, with all checks and on the disk at the end, against GNU tar and `sync`, and against daemons of
 * containers that load an image of it, in turns.
 */
export async function unpacking(): Promise<Finding> {
  const place = mkdtempSync(join(tmpdir(), 'bench-unpack-'));
  const { daemons, remarks } = await openLoadingDaemons();
  try {
    const layer = makeLayer(place);
    const archive = archiveOf(layer);
    const ours: number[] = [];
    const theirs: number[] = [];
    const loads = daemons.map((daemon) => ({ ...daemon, times: [] as number[] }));
    let entries = 0;
    for (let round = 0; round < rounds; round += 1) {
      theirs.push(untar(layer.path, join(place, 'theirs')));
      const before = performance.now();
      ({ entries } = await unpackImage({ layers: [layer], into: join(place, 'ours'), clock: new SystemClock() }));
      ours.push(performance.now() - before);
      for (const tree of ['ours', 'theirs']) rmSync(join(place, tree), { recursive: true });
      for (const { load, times } of loads) times.push(await load(archive));
    }
    const [best, tar] = [Math.min(...ours), Math.min(...theirs)];
    return {
      kind: 'measured',
      figures: [
        { name: 'unpacking: speed, of that of tar', value: percent(tar, best), unit: '%', aim: { atLeast: 60 } },
        { name: 'unpacking', value: best, unit: 'ms' },
        { name: 'unpacking: images', value: 1000 / best, unit: '/s' },
        { name: 'unpacking: entries', value: entries / (best / 1000), unit: '/s' },
        { name: 'tar -xz and sync', value: tar, unit: 'ms' },
        ...loads.flatMap(({ name, times }) => loadFigures(name, Math.min(...times), best)),
      ],
      remarks,
    };
  } finally {
    for (const { close } of daemons) await close();
    rmSync(place, { recursive: true, force: true });
  }
}

function loadFigures(name: string, load: number, ours: number): readonly Figure[] {
  return [
    { name: `unpacking: speed, of that of ${name} load`, value: percent(load, ours), unit: '%' },
    { name: `${name} load of the same, and sync`, value: load, unit: 'ms' },
    { name: `${name} load: images`, value: 1000 / load, unit: '/s' },
  ];
}

/** Sizes as in an image of Debian: most files are small, and a few hold most bytes. */
function makeLayer(place: string): LayerFile {
  const top = join(place, 'files');
  for (let directory = 0; directory < directories; directory += 1) {
    const path = join(top, `d${directory % 20}`, `d${directory}`);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < filesOfDirectory; file += 1)
      writeFileSync(join(path, `f${file}`), textOf(directory * filesOfDirectory + file));
  }
  const tar = join(place, 'layer.tar');
  execFileSync('tar', ['-C', top, '-cf', tar, '.']);
  const diffId = `sha256:${createHash('sha256').update(readFileSync(tar)).digest('hex')}` as const;
  execFileSync('gzip', [tar]);
  rmSync(top, { recursive: true });
  return { path: `${tar}.gz`, mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', diffId };
}

function textOf(seed: number): Buffer {
  const size = seed % 100 === 0 ? 500_000 : (seed * 7919) % 20_000;
  const line = createHash('sha256').update(String(seed)).digest('hex');
  return Buffer.alloc(size, `${line}\n${line.slice(0, 20)}`);
}

/** Milliseconds. */
function untar(archive: string, into: string): number {
  mkdirSync(into);
  const before = performance.now();
  execFileSync('tar', ['-C', into, '--no-same-owner', '-xzf', archive]);
  execFileSync('sync', ['-f', into]);
  return performance.now() - before;
}
