import { clusterYaml } from './init-files.js';

const PUBLIC_URL = `# How front ends and servers reach this Ballast, by way of the TLS proxy. Set it: without it webhooks (hooks/create) are
# refused, since no server could send events to a container's 0.0.0.0.
# publicUrl: https://bbb.example.org`;

const DEMO_PUBLIC_URL = `# How the simulated servers reach this Ballast. Real ones need the name of the TLS proxy: https://bbb.example.org
publicUrl: http://ballast:8080`;

/** The text of `ballast.yaml` beside docker-compose.yml; secrets come from `.env`, by way of the environment. */
export function composeBallastYaml({ isDemo }: { readonly isDemo: boolean }): string {
  const pace = `
# Lessons of the simulated front end pass six times as fast, and so do these.
placement: { ramp: 150s, defaultMeetingDuration: 10m }

# That front end is told of ends and recordings inside the compose network.
callbacks: { allowPrivateTargets: true }
`;
  return `# Configuration of Ballast as docker-compose.yml runs it. Every key is in the README. \${…} stands in .env.

# Inside the container; docker-compose.yml puts both on 127.0.0.1 of the host. Put nginx or another TLS proxy before the first.
listen: { host: 0.0.0.0, port: 8080 }
adminListen: { host: 0.0.0.0, port: 8081 }
# A proxy on the host reaches the container by way of Docker's own networks.
trustProxy: [loopback, uniquelocal]

${isDemo ? DEMO_PUBLIC_URL : PUBLIC_URL}

store: sqlite:/data/ballast.db

secrets: ["\${FRONT_END_SECRET}"]
admin: { tokens: [{ name: ops, token: "\${ADMIN_TOKEN}", scope: admin }] }

metrics:
  source: influxdb
  influxdb:
    url: "\${INFLUX_URL}"
    token: "\${INFLUX_TOKEN}"
    org: "\${INFLUX_ORG}"
    bucket: "\${INFLUX_BUCKET}"
${isDemo ? pace : ''}
log: { level: info, format: json }
`;
}

/** Ports of the simulated servers inside the compose network. */
export const SIM_PORT = 8090;

/** The text of `cluster.yaml` beside docker-compose.yml: explained and empty, or the simulated servers of the profile demo. */
export function composeClusterYaml({ isDemo }: { readonly isDemo: boolean }): string {
  return isDemo ? demoCluster() : clusterYaml();
}

function demoCluster(): string {
  const servers = ['bbb1', 'bbb2', 'bbb3', 'bbb4'].map(
    (id) => `---
kind: Server
id: ${id}
url: http://${id}:${SIM_PORT}
secret: "\${SIM_SECRET}"
networkMbit: 1000
`,
  );
  return `# The simulated servers of the profile demo. Their host samples are simulated as well; those of bbb5 are real: they are
# this host's, and it is a spare, so that its meetings stay where they can be seen.
${servers.join('')}---
kind: Server
id: bbb5
url: http://bbb5:${SIM_PORT}
secret: "\${SIM_SECRET}"
tags: [spare]
limits: { cpu: 1, memory: 1 }
`;
}
