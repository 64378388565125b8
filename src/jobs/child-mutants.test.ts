import { childMutants } from './child-mutants.fixture.ts';
import { testMutants } from './test-mutants.fixture.ts';

testMutants(childMutants);
