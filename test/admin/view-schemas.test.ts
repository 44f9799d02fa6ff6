import { expect } from 'chai';
import { openApiDocument } from '../../src/admin/openapi.js';
import { answerSchemas } from '../../src/admin/view-schemas.js';
import { decide } from '../../src/placement/decide.js';
import { candidate, placementOptions, placementRequest, silent } from '../support/candidates.js';
import { placementRecord } from '../support/admin-rig.js';

interface PlacementSchema {
  readonly properties: {
    readonly decision: {
      readonly properties: {
        readonly candidates: { readonly items: { readonly properties: Readonly<Record<string, unknown>> } };
      };
    };
  };
}

describe('the schema of a placement', () => {
  const measured = candidate('bbb1', {
    cpu: 0.3,
    memory: 0.4,
    networkBytesPerSecond: 1e6,
    networkMbit: 1_000,
    sampleAgeMs: 3_000,
    pollAgeMs: 2_000,
    backgroundCpu: 0.05,
  });
  const { decision } = decide(
    placementRequest(),
    [measured, silent('bbb2'), candidate('bbb3', { adminState: 'cordoned' })],
    placementOptions(),
    () => 0,
  );
  const answer: unknown = JSON.parse(JSON.stringify({ ...placementRecord('p1', 'class'), decision }));

  it('takes a decision as it is answered, with what is known and what is not', () => {
    expect(answerSchemas.PlacementView.safeParse(answer).error).to.equal(undefined);
    expect(answerSchemas.PlacementsAnswer.safeParse({ placements: [answer] }).error).to.equal(undefined);
  });

  it('names every value of a candidate in the OpenAPI document', () => {
    const { components } = openApiDocument([], '1.0.0') as {
      components: { schemas: { PlacementView: PlacementSchema } };
    };
    const { properties } = components.schemas.PlacementView.properties.decision;
    const { candidates } = (answer as { decision: { candidates: readonly object[] } }).decision;
    expect(candidates).to.have.length(3);
    for (const shown of candidates)
      expect(properties.candidates.items.properties).to.include.keys(Object.keys(shown));
  });
});
