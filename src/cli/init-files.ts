/** Fresh secrets of a new installation. */
export interface FreshSecrets {
  readonly tenantSecret: string;
  readonly adminToken: string;
  readonly ingestToken: string;
}

/** The text of a first `ballast.yaml`: it loads without a warning. */
export function ballastYaml({ tenantSecret, adminToken, ingestToken }: FreshSecrets): string {
  return `# Configuration of Ballast. Every key is in the README; each is also an environment variable, which wins
# (poll.offlineAfter is BALLAST_POLL_OFFLINE_AFTER). \${VAR} and keys with File at their end
# (secretsFile: /run/secrets/ballast) read a secret from elsewhere. This file holds secrets: keep it readable by its owner only.

# Where front ends reach Ballast. Put nginx or another TLS proxy in front of it.
listen: { host: 127.0.0.1, port: 8080 }

# Set this to have /admin, /metrics and the ingest answer on another address only.
# adminListen: { host: 127.0.0.1, port: 8081 }

# How front ends and servers reach this Ballast. Set it: without it webhooks (hooks/create) are refused where the servers
# are on other hosts, and ends and recordings are told at the name by which front ends call.
# publicUrl: https://bbb.example.org

# One file of state; the path starts at the working directory.
store: sqlite:./data/ballast.db

# What front ends (Moodle, Greenlight, Nextcloud) sign their calls with. Several for a rollover.
secrets:
  - "${tenantSecret}"

# Tokens of the admin API and of this command line (BALLAST_TOKEN). Scopes: read, operate, admin; and
# import, for the script that sends recordings to an archive.
admin:
  tokens:
    - { name: ops, token: "${adminToken}", scope: admin }

metrics:
  # Telegraf on each BigBlueButton host writes to Ballast itself (outputs.influxdb_v2, with this token).
  source: ingest
  ingest:
    tokens:
      - "${ingestToken}"

poll: { interval: 10s, timeout: 5s, offlineAfter: 3, onlineAfter: 2 }

placement:
  limits: { cpu: 0.85, memory: 0.90, network: 0.85 }

# Recordings stay on the servers, in mode index; in mode archive the servers send them to Ballast, which keeps and plays them
# (docs/recordings.md). It needs publicUrl, room, and a token of scope import.
# recordings: { mode: archive, directory: ./data/recordings, keepFor: 365d }

# Front ends hear of ends and recordings through Ballast (docs/callbacks.md). Set this where they live in a private network.
# callbacks: { allowPrivateTargets: true }

log: { level: info, format: json }
`;
}

/** The text of a first `cluster.yaml`: it applies as it is (an empty cluster), and explains every field. */
export function clusterYaml(): string {
  return `# The servers and tenants of this Ballast, one YAML document each, separated by ---
# Apply it: ballast apply cluster.yaml [--dry-run] [--prune], or at each start: ballast serve --apply cluster.yaml
# Applying again changes only what is different. --prune removes what is not listed here.
# This file holds secrets: keep it readable by its owner only.

# kind: Server
# id: bbb1                                # 1 to 64 of A-Z a-z 0-9 . _ -
# url: https://bbb1.example.org           # with or without /bigbluebutton/api
# secret: ...                             # what \`bbb-conf --secret\` prints there; or secretFile: PATH
# tags: [eu]                              # for tenants and meta_server-tag; "spare" keeps a server in reserve
# loadMultiplier: 1                       # 2: its load counts double, so it gets fewer meetings
# state: enabled                          # enabled, cordoned or disabled; without it the present state stays
# metricsHost: bbb1                       # tag host of its samples, if neither the tag server is its id nor host that of the URL
# limits: { cpu: 0.85, memory: 0.9, network: 0.85, attendees: 400, meetings: 100 }
# networkMbit: 1000
# allowInsecureTls: false                 # true: its certificate is not checked

# ---
# kind: Tenant                            # a customer with secrets of its own
# id: school-a                            # also served under /t/school-a/bigbluebutton/api
# hosts: [school-a.example.org]
# secrets: [...]                          # or secretsFile: PATH, one secret a line
# limits: { meetings: 50, attendees: 1000 }
# servers: { tags: [eu] }                 # only servers with all of these
# parameters: { create: { default: { record: "false" }, force: {}, max: { maxParticipants: 200 }, drop: [] } }
`;
}
