import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { CannotStart } from '../errors.ts';
import { processLimits } from '../limits.ts';
import { findInsideUser } from './users.ts';

/** A root with these lines in its files. */
function rootWith(t: TestContext, { passwd = '', group = '' }: { readonly passwd?: string; readonly group?: string }) {
  const root = mkdtempSync(join(tmpdir(), 'users-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'etc'));
  writeFileSync(join(root, 'etc/passwd'), passwd);
  writeFileSync(join(root, 'etc/group'), group);
  return root;
}

test('the home of an image’s user is what can be a path, and else the root directory', (t) => {
  const homes = ['/root', '/ho\0me', `/${'x'.repeat(4_096)}`, 'relative', ''];
  const lines = homes.map((home, id) => `u${id}:x:${id}:${id}::${home}:/bin/sh`);
  const root = rootWith(t, { passwd: lines.join('\n') });
  assert.deepEqual(
    homes.map((_, id) => findInsideUser(`u${id}`, root).home),
    ['/root', '/', '/', '/', '/'],
  );
});

test('what is looked for is found by whole fields of whole lines, names before numbers, the first of several', (t) => {
  const passwd = [
    '# app:x:1:1::/comment:',
    'xapp:x:7:7::/xapp:',
    'app.:x:8:8::/dot:',
    'app:x:5:6::/first:\r',
    'app:x:9:9::/second:',
    '12:x:50:51::/twelve:',
    'other:x:12:12::/other:',
    'bare:x:120',
  ].join('\n');
  const group = [
    'wheel:x:10:xapp,app',
    'app:x:6:app',
    'near:x:11:app1,appp',
    'last:x:12: ,app\r',
    'four:x:13:a:app',
    'dot:x:14:app.,a.app',
  ].join('\n');
  const root = rootWith(t, { passwd, group });
  assert.deepEqual(findInsideUser('app', root), { uid: 5, gid: 6, home: '/first', otherGroups: ['wheel', 'last'] });
  assert.deepEqual(findInsideUser('12', root), { uid: 50, gid: 51, home: '/twelve', otherGroups: [] });
  assert.deepEqual(findInsideUser('120', root), { uid: 120, gid: 0, home: '/', otherGroups: [] });
  assert.deepEqual(findInsideUser('app:last', root), {
    uid: 5,
    gid: 12,
    home: '/first',
    otherGroups: ['wheel', 'app'],
  });
  for (const user of ['.pp', 'ap', 'x', '']) {
    const found = () => findInsideUser(`${user}x`, root);
    assert.throws(found, /unable to find user .*: no matching entries in passwd file$/, user);
  }
});

test('any lines are read as by splitting them', (t) => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '1', '0', '.', ',', ' ', '\r', '\u2028'), maxLength: 3 });
  const lines = fc
    .array(fc.array(word, { maxLength: 6 }).map((fields) => fields.join(':')))
    .map((all) => all.join('\n'));
  const key = fc.string({ unit: fc.constantFrom('a', 'b', '1', '0', '.'), minLength: 1, maxLength: 3 });
  const root = rootWith(t, {});
  fc.assert(
    fc.property(lines, lines, key, (passwd, group, user) => {
      writeFileSync(join(root, 'etc/passwd'), passwd);
      writeFileSync(join(root, 'etc/group'), group);
      const found = (find: () => unknown) => {
        try {
          return find();
        } catch (error) {
          return error instanceof CannotStart ? 'none' : error;
        }
      };
      assert.deepEqual(
        found(() => findInsideUser(user, root)),
        found(() => plainly(user, passwd, group)),
      );
    }),
  );
});

/** The same by taking every line apart. */
function plainly(user: string, passwd: string, group: string) {
  const [users = [], groups = []] = [passwd, group].map((text) =>
    text.split('\n').map((line) => line.trimEnd().split(':')),
  );
  const number = (text: string | undefined) =>
    text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  const entry = users.find(([name]) => name === user) ?? users.find(([, , id]) => id === user);
  const uid = number(entry?.[2]) ?? number(user);
  if (uid === undefined) throw new CannotStart('none');
  const gid = number(entry?.[3]) ?? 0;
  const [name, , , , , home = ''] = users.find(([, , id]) => id === String(uid)) ?? [];
  const isOther = ([, , id, members = '']: string[]) =>
    !!name && id !== String(gid) && members.split(',').includes(name);
  return {
    uid,
    gid,
    home: home.startsWith('/') ? home : '/',
    otherGroups: groups.filter(isOther).flatMap(([each]) => each ?? []),
  };
}

test('of an image files of more than a bound are not read, which is said of a name', (t) => {
  const most = processLimits.imageUserDatabaseBytes;
  const filled = (line: string, size: number) => `${line}\n${'#'.repeat(size - line.length - 1)}`;
  const line = 'app:x:5:6::/app:';
  assert.equal(findInsideUser('app', rootWith(t, { passwd: filled(line, most) })).uid, 5);
  const root = rootWith(t, { passwd: filled(line, most + 1), group: filled('app:x:6:', most + 1) });
  const words = `has more than ${most} bytes, and is not read`;
  const refused = (what: string) => new CannotStart(`CannotStartContainerError: unable to find ${what} ${words}`);
  assert.throws(() => findInsideUser('app', root), refused('user app: /etc/passwd'));
  assert.throws(() => findInsideUser('5:app', root), refused('group app: /etc/group'));
  assert.deepEqual(findInsideUser('5', root), { uid: 5, gid: 0, home: '/', otherGroups: [] });
});
