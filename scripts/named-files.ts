/** What comments and pages say of files by name: a name that no file of the repository has sends its reader nowhere. */

export interface Text {
  readonly path: string;
  readonly content: string;
}

/** A name of a file that is not there, and where it stands. */
export interface LostName {
  readonly path: string;
  readonly line: number;
  readonly name: string;
}

/** A file of ours by its name, or the end of its path. Not what a command, a URL or a placeholder has in it. */
const fileName = /(?<![\w/.<>*$@{:-])(?:[\w.-]+\/)*\w[\w.-]*\.(?:ts|md|cjs|sql)\b(?![\w/(-])/g;

/** Names in Markdown, or in the comments of TypeScript, that are the end of the path of no file. */
export function lostNames(texts: readonly Text[], files: readonly string[]): readonly LostName[] {
  const known = new Set(files.flatMap(endsOf));
  return texts.flatMap(({ path, content }) =>
    content.split('\n').flatMap((line, index) => {
      const words = path.endsWith('.md') ? line : commentIn(line);
      const names = (words.match(fileName) ?? []).map((name) => name.replace(/^(?:\.{1,2}\/)+/, ''));
      return names.filter((name) => !known.has(name)).map((name) => ({ path, line: index + 1, name }));
    }),
  );
}

/** A path may be named by its last parts. */
function endsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, from) => parts.slice(from).join('/'));
}

function commentIn(line: string): string {
  return /^\s*(?:\/\*|\*)/.test(line) ? line : (/\s\/\/\s.*/.exec(` ${line}`)?.[0] ?? '');
}
