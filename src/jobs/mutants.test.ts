import { mutants } from './mutants.fixture.ts';
import { testMutants } from './test-mutants.fixture.ts';

testMutants(mutants);
