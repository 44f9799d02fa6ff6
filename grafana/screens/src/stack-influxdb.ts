import { engineRequest } from '../../../test/engines/rig/engine-request.js';
import type { QueryContext } from '../../../test/engines/rig/grafana-ask.js';
import type { Stack } from '../../../test/engines/stack/start-stack.js';

/** The stack's InfluxDB, to be asked as `ballast init --compose` set it up. */
export function stackInfluxdb(stack: Stack): QueryContext['influxdb'] {
  // As docker-compose.yml has them where .env says nothing.
  const {
    INFLUX_TOKEN: token = '',
    INFLUX_ORG: org = 'ballast',
    INFLUX_BUCKET: bucket = 'ballast',
  } = stack.env;
  const url = stack.url('influxdb', 8086);
  const headers = { authorization: `Token ${token}`, 'content-type': 'application/json' };
  return {
    bucket,
    query: async (flux) => {
      const dialect = { header: true, annotations: ['datatype', 'group', 'default'] };
      return engineRequest({
        url: `${url}/api/v2/query?${new URLSearchParams({ org }).toString()}`,
        method: 'POST',
        headers,
        body: JSON.stringify({ query: flux, type: 'flux', dialect }),
      });
    },
    call: async (method, path, body) =>
      engineRequest({
        url: `${url}${path}`,
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}
