/** Loaded before a test file that has properties: where a seed is given, they all begin with it. */
import fc from 'fast-check';
import { givenSeed } from '../../test/support/seed.ts';

if (givenSeed !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: givenSeed });
