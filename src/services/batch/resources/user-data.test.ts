import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { isMultipart, mergedUserData } from './user-data.ts';

const encoded = (text: string) => Buffer.from(text).toString('base64');

/** The guide's (spec 04 §4.2 [L7541-7579]). */
const guide = `MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="==MYBOUNDARY=="

--==MYBOUNDARY==
Content-Type: text/cloud-config; charset="us-ascii"

packages:
- amazon-efs-utils

--==MYBOUNDARY==
Content-Type: text/x-shellscript; charset="us-ascii"

#!/bin/bash
echo ECS_IMAGE_CLEANUP_INTERVAL=60m >> /etc/ecs/ecs.config

--==MYBOUNDARY==--
`;

const archives: Readonly<Record<string, string>> = {
  'the one of the guide': guide,
  'one with the line ends of mail': guide.replaceAll('\n', '\r\n'),
  'one whose boundary stands without quotes': guide.replace('"==MYBOUNDARY=="', '==MYBOUNDARY=='),
  'one whose header goes on in the next line': guide.replace('mixed; ', 'mixed;\n '),
  'one whose type comes first': guide.replace(/^(.*)\n(.*)\n/, '$2\n$1\n'),
};
for (const [what, text] of Object.entries(archives)) {
  test(`user data are multipart: ${what}`, () => assert.ok(isMultipart(encoded(text))));
}

const others: Readonly<Record<string, string>> = {
  nothing: '',
  'a script': '#!/bin/bash\necho x\n',
  'a cloud-config': '#cloud-config\npackages: []\n',
  'an archive after an empty line': `\n${guide}`,
  'an archive after a space': ` ${guide}`,
  'an archive without boundary': guide.replace('; boundary="==MYBOUNDARY=="', ''),
  'an archive that is not closed': guide.replace('--==MYBOUNDARY==--', ''),
  'an archive of another boundary': guide.replace('boundary="==MYBOUNDARY=="', 'boundary="=="'),
  'an archive without parts': 'Content-Type: multipart/mixed; boundary="b"\n\n--b--\n',
  'one part alone': 'Content-Type: text/x-shellscript\n\necho\n',
};
for (const [what, text] of Object.entries(others)) {
  test(`user data are not multipart: ${what}`, () => assert.ok(!isMultipart(encoded(text))));
}

test('user data of the example for Terraform are multipart', () => {
  const example = readFileSync(new URL('../../../../examples/terraform/network/main.tf', import.meta.url), 'utf8');
  const [, indented = ''] = /<<-EOT\n(.*?)\n *EOT\n/s.exec(example) ?? [];
  const [indentation = ''] = /^ */.exec(indented) ?? [];
  assert.ok(isMultipart(encoded(indented.replaceAll(new RegExp(`^${indentation}`, 'gm'), ''))));
});

test('user data of any parts are multipart between the lines of their boundary, and without the first or last line are not', () => {
  const boundary = fc.stringMatching(/^[a-zA-Z0-9=_.-]{1,40}$/);
  const parts = fc.array(fc.string({ maxLength: 60 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(boundary, parts, (mark, bodies) => {
      fc.pre(!bodies.some((body) => body.includes('--')));
      const opened = bodies.map((body) => `--${mark}\nContent-Type: text/plain\n\n${body}\n`).join('\n');
      const head = `Content-Type: multipart/mixed; boundary="${mark}"\n\n`;
      assert.ok(isMultipart(encoded(`${head}${opened}\n--${mark}--\n`)));
      assert.ok(!isMultipart(encoded(`${head}${opened}\n`)));
      assert.ok(!isMultipart(encoded(`${opened}\n--${mark}--\n`)));
    }),
  );
});

const decoded = (text: string) => Buffer.from(text, 'base64').toString('latin1');

test('what is merged is an archive again, with each part byte for byte and the service’s own behind them', () => {
  const part = fc.string({ unit: fc.constantFrom('a', '-', '=', 'B', '\n', '\r', '\xff', '==BATCH=='), maxLength: 12 });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), (bodies) => {
      const parts = bodies.map((body) => `Content-Type: text/plain\n\n${body}\n`);
      const archive = `Content-Type: multipart/mixed; boundary="bound"\n\n${parts.map((each) => `--bound\n${each}`).join('')}--bound--\n`;
      const merged = mergedUserData(Buffer.from(archive, 'latin1').toString('base64'), ['echo own']);
      assert.ok(isMultipart(merged));
      const boundary = /boundary="([^"]+)"/.exec(decoded(merged))?.[1];
      const [, ...found] = decoded(merged).split(`\n--${boundary}`);
      const own = 'Content-Type: text/x-shellscript; charset="us-ascii"\n\n#!/bin/bash\necho own\n';
      assert.deepEqual(
        found.map((each) => each.replace(/^\n|^--/, '')),
        [...parts.map((each) => each.slice(0, -1)), own, '\n'],
      );
    }),
  );
});
