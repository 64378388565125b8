import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The weights that the console shows. */
const weights = ['400', '700'];
const face = /@font-face\s*\{[^}]*\}/g;

/**
 * Writes Cloudscape's global styles to `folder` as `base.css`, its fonts as files beside it: there they are `data:` URLs, eight of
 * them, which the page's policy refuses and which would be half of the first page.
 */
export function writeBaseStyles(folder: string): void {
  const require = createRequire(import.meta.url);
  const styles = readFileSync(require.resolve('@cloudscape-design/global-styles/index.css'), 'utf8');
  mkdirSync(folder, { recursive: true });
  const faces = (styles.match(face) ?? []).filter((text) => {
    return /font-style:\s*normal/.test(text) && weights.some((weight) => text.includes(`font-weight: ${weight}`));
  });
  if (faces.length !== weights.length) throw new Error(`${faces.length} fonts for ${weights.length} weights`);
  const ours = faces.map((text, index) => {
    const [, data] = /url\(["']?data:[^,]*;base64,([^"')]+)/.exec(text) ?? [];
    if (data === undefined) throw new Error('a font that is no data: URL');
    const file = `open-sans-${weights[index]}.woff2`;
    writeFileSync(join(folder, file), Buffer.from(data, 'base64'));
    const source = `url('./${file}') format('woff2')`;
    return `@font-face { font-family: 'Open Sans'; font-weight: ${weights[index]}; font-display: swap; src: ${source}; }\n`;
  });
  writeFileSync(join(folder, 'base.css'), ours.join('') + styles.replace(face, ''));
}
