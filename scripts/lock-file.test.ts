import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { missingPlatformPackages } from './lock-file.ts';

test('package-lock.json has the packages of every platform; else run `node scripts/complete-lock.ts`', () => {
  const lock = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package-lock.json'), 'utf8'));
  assert.deepEqual(Object.keys(missingPlatformPackages(lock)), []);
});

test('what a lock file lacks is known from the names of its optional packages', () => {
  const optionalDependencies = {
    '@x/cli-linux-x64-musl': '1.2.3',
    '@x/cli-darwin-arm64': '1.2.3',
    '@x/here': '1.2.3',
    'x-windows': '^0.1.0',
  };
  const packages = { 'node_modules/x': { dev: true, optionalDependencies }, 'node_modules/@x/here': {} };
  assert.deepEqual(missingPlatformPackages({ packages }), {
    'node_modules/@x/cli-linux-x64-musl': {
      version: '1.2.3',
      cpu: ['x64'],
      dev: true,
      libc: ['musl'],
      optional: true,
      os: ['linux'],
    },
    'node_modules/@x/cli-darwin-arm64': { version: '1.2.3', cpu: ['arm64'], dev: true, optional: true, os: ['darwin'] },
    'node_modules/x-windows': { version: '0.1.0', dev: true, optional: true, os: ['win32'] },
  });
});
