import { configurationPage } from '../src/main/describe-options.ts';
import { coveragePage } from './coverage/page.ts';
import { fairSharePicture } from './pictures/fair-share.ts';

/** A file of the repository that is made from the code, never by hand. */
interface GeneratedFile {
  readonly path: string;
  readonly content: () => string | Promise<string>;
}

export const generatedFiles: readonly GeneratedFile[] = [
  { path: 'docs/configuration.md', content: configurationPage },
  { path: 'docs/coverage.md', content: coveragePage },
  { path: 'docs/pictures/fair-share.svg', content: fairSharePicture },
];
