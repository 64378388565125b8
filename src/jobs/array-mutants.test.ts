import { arrayMutants } from './array-mutants.fixture.ts';
import { testMutants } from './test-mutants.fixture.ts';

testMutants(arrayMutants);
