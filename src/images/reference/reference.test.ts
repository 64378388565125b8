import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PullFailed } from '../contract.ts';
import { parseReference } from './reference.ts';
import { rewriteReference } from './rewrite.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

const wholeNames = {
  alpine: 'docker.io/library/alpine:latest',
  'alpine:3': 'docker.io/library/alpine:3',
  'a/b': 'docker.io/a/b:latest',
  'index.docker.io/a': 'docker.io/library/a:latest',
  'docker.io/a': 'docker.io/library/a:latest',
  'localhost/a': 'localhost/a:latest',
  'localhost:5000/a/b:1.2_x-y': 'localhost:5000/a/b:1.2_x-y',
  'Registry/a': 'Registry/a:latest',
  'ghcr.io/a/b-c/d__e': 'ghcr.io/a/b-c/d__e:latest',
  '[::1]:5000/a': '[::1]:5000/a:latest',
  'a:5000': 'docker.io/library/a:5000',
  [`alpine@${digest}`]: `docker.io/library/alpine@${digest}`,
  [`alpine:3@${digest}`]: `docker.io/library/alpine:3@${digest}`,
  'oci:/images/a': 'oci:/images/a',
  'docker-archive:/images/a:b.tar': 'docker-archive:/images/a:b.tar',
};

for (const [text, name] of Object.entries(wholeNames))
  test(`${text} is ${name}`, () => assert.equal(parseReference(text).name, name));

const refused = {
  '': 'invalid reference format',
  Alpine: 'invalid reference format: repository name (library/Alpine) must be lowercase',
  'a/B': 'invalid reference format: repository name (a/B) must be lowercase',
  'alpine:': 'invalid reference format',
  'alpine:-x': 'invalid reference format',
  'a b': 'invalid reference format',
  'a//b': 'invalid reference format',
  '-a.io/b': 'invalid reference format',
  'alpine@sha256:12': 'invalid reference format',
  [`alpine@sha512:${'0'.repeat(128)}`]: 'unsupported digest algorithm: sha512',
  [`a@b@${digest}`]: 'invalid reference format',
  ['0'.repeat(64)]: `invalid repository name (${'0'.repeat(64)}), cannot specify 64-byte hexadecimal strings`,
  [`a/${'b'.repeat(255)}`]: 'repository name must not be longer than 255 characters',
  [`a:${'b'.repeat(129)}`]: 'invalid reference format',
  'oci:relative/a:b': 'invalid reference format',
  '../a': 'invalid reference format',
  'localhost:65536/a': 'invalid reference format',
  '127.0.0.256/a': 'invalid reference format',
  '1.2.3.4.5:80/a': 'invalid reference format',
  '[:::::]/a': 'invalid reference format',
};

for (const [text, message] of Object.entries(refused))
  test(`"${text.slice(0, 40)}" is refused: ${message.slice(0, 60)}`, () =>
    assert.throws(() => parseReference(text), { name: 'PullFailed', message }));

const part = fc.stringMatching(/^[a-z0-9]{1,8}(?:(?:\.|_|__|-{1,3})[a-z0-9]{1,4}){0,2}$/);
const domain = fc.oneof(
  fc.constantFrom('localhost', 'docker.io', 'index.docker.io', '[::1]:5000', 'Upper'),
  fc.stringMatching(/^[a-z0-9]{1,5}\.[a-z]{2,4}(?::[0-9]{1,4})?$/),
);
const repository = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const version = fc.oneof(
  fc.constant(''),
  fc.stringMatching(/^[A-Za-z0-9_][\w.-]{0,20}$/).map((tag) => `:${tag}`),
  fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `@sha256:${hex}`),
);
const name = fc
  .tuple(fc.option(domain), repository, version)
  .map(([host, path, end]) => `${host === null && !isDomain(path) ? '' : `${host ?? 'docker.io'}/`}${path}${end}`);
/** What stands before the first slash is a domain once it has a dot. */
const isDomain = (path: string) => /^[^/]*\..*\//.test(path);

test('a whole name is read as itself, and a familiar one as the same image', () => {
  fc.assert(
    fc.property(name, (text) => {
      const found = parseReference(text);
      assert.ok(found.kind === 'registry');
      assert.deepEqual(parseReference(found.name), found);
      const end = found.name.slice(`${found.domain}/${found.repository}`.length);
      assert.deepEqual(parseReference(`${found.familiar}${end}`), found);
      assert.equal(found.domain === 'docker.io' && !found.repository.includes('/'), false);
    }),
  );
});

test('whatever text is given is read or refused in words', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[a-zA-Z0-9:/@._[\]-]{0,60}$/));
  fc.assert(
    fc.property(text, (each) => {
      try {
        const found = parseReference(each);
        assert.ok(found.kind === 'archive' || !/\s|\.\.|\/\//.test(found.repository));
      } catch (error) {
        assert.ok(error instanceof PullFailed, String(error));
      }
    }),
  );
});

function rewritten(text: string, rewrite: Readonly<Record<string, string>>): string {
  const found = parseReference(text);
  assert.ok(found.kind === 'registry');
  return rewriteReference(found, rewrite).name;
}

test('the longest prefix of whole parts leads to its mirror, with tag and digest', () => {
  const rewrite = {
    'docker.io': 'mirror.example:5000/hub',
    'docker.io/library/': 'mirror.example:5000/official/',
    'quay.io/a/b': 'localhost/c',
  };
  assert.equal(rewritten('alpine:3', rewrite), 'mirror.example:5000/official/alpine:3');
  assert.equal(rewritten(`a/b@${digest}`, rewrite), `mirror.example:5000/hub/a/b@${digest}`);
  assert.equal(rewritten('quay.io/a/b', rewrite), 'localhost/c:latest');
  assert.equal(rewritten('quay.io/a/bc', rewrite), 'quay.io/a/bc:latest');
});
