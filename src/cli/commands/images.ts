import { resolve } from 'node:path';
import type { ImportImagesOutput, PruneImagesOutput, PullImageOutput, ShownImage } from '../../services/batch/index.ts';
import type { Client } from '../client/client.ts';
import { withClient } from '../client/with-client.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { byteWords } from '../output/byte-words.ts';
import { LiveLine } from '../output/live-line.ts';
import { Printer } from '../output/printer.ts';
import { formatTable } from '../output/table.ts';
import { watchUntilInterrupted } from '../watch/interruption.ts';

interface ImageFlags extends ConnectionFlags {
  readonly json?: boolean;
}

/** `batchyard images ls`: the images that jobs of processes can run in without a registry. */
export function listImages(invocation: Invocation, flags: ImageFlags): Promise<ExitCode> {
  return asked(invocation, flags, async (client, printer) => {
    const { images } = await client.extension<{ images: readonly ShownImage[] }>('ListImages', {});
    if (flags.json) printer.json(images);
    else if (images.length === 0) printer.line('No images.');
    else for (const line of formatTable(columns, images, invocation.stdout.columns)) printer.line(line);
    return 0;
  });
}

const columns = [
  { heading: 'NAME', text: ({ name }: ShownImage) => name },
  { heading: 'DIGEST', text: ({ digest }: ShownImage) => short(digest), yields: 2 },
  { heading: 'IMAGE ID', text: ({ imageId }: ShownImage) => short(imageId), yields: 1 },
  { heading: 'SIZE', text: ({ sizeBytes }: ShownImage) => byteWords(sizeBytes) },
];

/** As Docker shortens them. */
function short(digest: string): string {
  return digest.replace('sha256:', '').slice(0, 12);
}

/** `batchyard images pull NAME`: gets an image before a job asks for it. Ctrl-C ends the watch, not the pull. */
export function pullImage(invocation: Invocation, flags: ImageFlags, image: string): Promise<ExitCode> {
  return asked(invocation, flags, async (client, printer) => {
    const done = await repeated(invocation, image, async () => {
      const output = await client.extension<PullImageOutput>('PullImage', { image });
      return output.image ? { done: output.image } : { words: pullWords(output) };
    });
    if (done === 'left') {
      printer.note('The pull goes on.');
      return 130;
    }
    report(printer, flags, [done]);
    return 0;
  });
}

/** `batchyard images import PATH`: takes in an archive of `docker save`, or an OCI layout, of the server's machine. */
export function importImages(
  invocation: Invocation,
  flags: ImageFlags & { readonly name?: string },
  written: string,
): Promise<ExitCode> {
  const path = resolve(invocation.directory, written);
  return asked(invocation, flags, async (client, printer) => {
    const input = { path, ...(flags.name === undefined ? {} : { name: flags.name }) };
    const done = await repeated(invocation, written, async () => {
      const { images } = await client.extension<ImportImagesOutput>('ImportImages', input);
      return images ? { done: images } : { words: 'is taken in' };
    });
    if (done === 'left') {
      printer.note('The server goes on with it.');
      return 130;
    }
    report(printer, flags, done);
    return 0;
  });
}

/** `batchyard images prune [NAME...]`: removes images that no job uses, or of those the named ones; 1 if one of these could not go. */
export function pruneImages(invocation: Invocation, flags: ImageFlags, names: readonly string[]): Promise<ExitCode> {
  return asked(invocation, flags, async (client, printer) => {
    const input = names.length > 0 ? { images: names } : {};
    const pruned = await client.extension<PruneImagesOutput>('PruneImages', input);
    if (flags.json) printer.json(pruned);
    else for (const line of prunedLines(pruned)) printer.note(line);
    return pruned.unknown.length + pruned.inUse.length === 0 ? 0 : 1;
  });
}

/** What of the named images could not go, and what is free. */
export function prunedLines({ freedBytes, inUse, unknown }: PruneImagesOutput): readonly string[] {
  return [
    ...unknown.map((name) => `batchyard: image ${name} is not here`),
    ...inUse.map((name) => `batchyard: image ${name} stays: a job uses it`),
    `${byteWords(freedBytes)} are free again.`,
  ];
}

function report(printer: Printer, flags: ImageFlags, images: readonly ShownImage[]): void {
  if (flags.json) {
    printer.json(images);
    return;
  }
  for (const { name, digest, notes } of images) {
    printer.line(`${name} ${digest}`);
    for (const note of notes) printer.note(`  ${note}`);
  }
}

function pullWords({ progress }: PullImageOutput): string {
  if (!progress) return 'waits for other pulls';
  const { phase, bytes, totalBytes } = progress;
  if (phase === 'waiting') return 'waits for other pulls';
  if (phase === 'resolving') return 'asks the registry';
  return `${phase} ${byteWords(bytes)}${totalBytes === undefined ? '' : ` of ${byteWords(totalBytes)}`}`;
}

type Answer<Done> = { readonly done: Done } | { readonly words: string };

/** The server answers within a second, how far it is or that it is done: it is asked until it is. `left` after Ctrl-C. */
async function repeated<Done>(
  invocation: Invocation,
  what: string,
  ask: () => Promise<Answer<Done>>,
): Promise<Done | 'left'> {
  const live = new LiveLine(invocation.stderr, invocation.environment.TERM);
  let result: Done | 'left' = 'left';
  await watchUntilInterrupted(invocation, async (signal) => {
    try {
      while (!signal.aborted) {
        const answer = await ask();
        if ('done' in answer) {
          result = answer.done;
          return 0;
        }
        live.draw(`${what} ${answer.words}`);
      }
      return 0;
    } finally {
      live.erase();
    }
  });
  return result;
}

function asked(
  invocation: Invocation,
  flags: ImageFlags,
  work: (client: Client, printer: Printer) => Promise<ExitCode>,
): Promise<ExitCode> {
  return withClient(invocation, flags, (client) => work(client, new Printer(invocation)));
}
