/**
 * Completes package-lock.json after `npm install`. A registry mirror that lacks the binaries of other platforms makes npm
 * leave them out, and `npm ci` then refuses the lock file everywhere. Their versions are exact, those of their parents.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LockFile, missingPlatformPackages } from './lock-file.ts';

const path = join(import.meta.dirname, '..', 'package-lock.json');
const lock: LockFile = JSON.parse(readFileSync(path, 'utf8'));
const missing = missingPlatformPackages(lock);
const packages = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => a.localeCompare(b, 'en'));
writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, undefined, 2)}\n`);
console.log(`added ${Object.keys(missing).length} packages of other platforms`);
