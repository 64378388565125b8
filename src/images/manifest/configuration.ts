import { z } from 'zod';
import { type Digest, type ImageConfig, PullFailed } from '../contract.ts';
import { isDigest } from '../digest.ts';
import { listOf, strangeJson } from './strange-json.ts';

/** What may become an argument or a variable: the kernel takes none of 128 KiB or more, and ends one at a zero byte. */
const text = z
  .string()
  .max(131_071)
  .refine((value) => !value.includes('\0'), 'holds a zero byte');

const strings = listOf(text, 10_000)
  .nullish()
  .transform((list) => list ?? []);

const shape = z.object({
  architecture: z.string().nullish(),
  os: z.string().nullish(),
  config: z
    .object({
      Entrypoint: strings,
      Cmd: strings,
      Env: strings,
      User: text.nullish(),
      WorkingDir: text.nullish(),
      Labels: z.record(z.string(), text).nullish(),
    })
    .nullish(),
  rootfs: z.object({ diff_ids: listOf(z.custom<Digest>(isDigest), 1_000) }),
});

/** The configuration of an image, which its digest names whole. */
export interface Configuration {
  readonly config: ImageConfig;
  /** In Go's words; absent where the image does not say. */
  readonly architecture?: string;
  /** Digests of its layers as they are uncompressed, lowest first. */
  readonly diffIds: readonly Digest[];
}

/** Throws `PullFailed` for what is no configuration, and for one of another operating system. */
export function parseConfiguration(content: Uint8Array): Configuration {
  const { config, os, architecture, rootfs } = read(content);
  if (os && os !== 'linux')
    throw new PullFailed(`image operating system ${JSON.stringify(os.slice(0, 100))} cannot be used on this platform`);
  return {
    config: {
      entrypoint: config?.Entrypoint ?? [],
      command: config?.Cmd ?? [],
      environment: (config?.Env ?? []).filter((variable) => variable.indexOf('=') > 0),
      ...(config?.User && { user: config.User }),
      ...(config?.WorkingDir && { workingDirectory: config.WorkingDir }),
      labels: config?.Labels ?? {},
    },
    ...(architecture && { architecture }),
    diffIds: rootfs.diff_ids,
  };
}

function read(content: Uint8Array): z.infer<typeof shape> {
  try {
    return shape.parse(strangeJson(content));
  } catch (cause) {
    // Of too much: 100,000 volumes or labels. Other words could be the image's.
    const why = cause instanceof RangeError ? `: ${cause.message}` : '';
    throw new PullFailed(`its configuration is not valid${why}`, { cause });
  }
}
