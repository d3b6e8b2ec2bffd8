import { schemaCheck } from './schemaCheck.ts'
import schema from './topology.schema.json' with { type: 'json' }

/** What the published schema of topologies says against a document. */
export const schemaProblems = schemaCheck(schema, 'docs/write-a-topology.md')
