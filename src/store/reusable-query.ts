import type { CompiledQuery } from 'kysely';

/**
 * A query compiled once, with any values, and run with others: building and compiling costs more than SQLite takes to
 * run it. The function it gives takes the values in the order in which the query names them; null is a value like others.
 * Throws where their number is not the query's.
 */
export function reusableQuery<Row>(
  compiled: CompiledQuery<Row>,
): (values: readonly unknown[]) => CompiledQuery<Row> {
  return (values) => {
    if (values.length !== compiled.parameters.length) {
      throw new Error(`${values.length} values for ${compiled.parameters.length} places: ${compiled.sql}`);
    }
    return { ...compiled, parameters: values };
  };
}
