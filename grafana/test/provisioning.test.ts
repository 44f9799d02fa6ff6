import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parse } from 'yaml';
import type { Json } from '../src/checks/json.js';
import { datasourceFileFaults, providerFileFaults } from '../src/checks/lint-provisioning.js';

function read(path: string): Json {
  return parse(
    readFileSync(fileURLToPath(new URL(`../provisioning/${path}`, import.meta.url)), 'utf8'),
  ) as Json;
}

interface SourcesDraft {
  apiVersion: number;
  datasources: {
    name: string;
    uid: string;
    type: string;
    access: string;
    url: string;
    isDefault: boolean;
    jsonData: Record<string, unknown>;
    secureJsonData: Record<string, string>;
  }[];
}

interface ProvidersDraft {
  apiVersion: number;
  providers: { name: string; type: string; folderUid: string; options: Record<string, unknown> }[];
}

const sources = (): SourcesDraft => read('datasources/ballast.yml') as unknown as SourcesDraft;
const providers = (): ProvidersDraft => read('dashboards/ballast.yml') as unknown as ProvidersDraft;

const BROKEN_SOURCES: readonly (readonly [name: string, (file: SourcesDraft) => void, words: string])[] = [
  ['another version of the format', (f) => (f.apiVersion = 2), 'apiVersion is not 1'],
  ['no data source', (f) => (f.datasources = []), 'no data source'],
  ['two defaults', (f) => (f.datasources[1]!.isDefault = true), '2 data sources are the default one'],
  ['no default', (f) => (f.datasources[0]!.isDefault = false), '0 data sources are the default one'],
  [
    'one uid for both',
    (f) => (f.datasources[1]!.uid = f.datasources[0]!.uid),
    'two data sources with the uid',
  ],
  ['one name for both', (f) => (f.datasources[1]!.name = 'Prometheus'), 'two data sources with the name'],
  [
    'a uid of 41 characters',
    (f) => (f.datasources[0]!.uid = 'u'.repeat(41)),
    'is not one that Grafana takes',
  ],
  ['a type of nobody', (f) => (f.datasources[0]!.type = 'influx'), 'type influx is not one of ours'],
  ['access by browsers', (f) => (f.datasources[0]!.access = 'direct'), 'browsers would have to reach it'],
  ['a fixed address', (f) => (f.datasources[0]!.url = 'http://10.0.0.1:9090'), 'its url is not from'],
  ['no interval', (f) => delete f.datasources[0]!.jsonData.timeInterval, 'no timeInterval'],
  ['InfluxQL', (f) => (f.datasources[1]!.jsonData.version = 'InfluxQL'), 'jsonData.version is not Flux'],
  ['no organisation', (f) => delete f.datasources[1]!.jsonData.organization, 'no organization'],
  ['no bucket', (f) => delete f.datasources[1]!.jsonData.defaultBucket, 'no defaultBucket'],
  ['no token', (f) => delete f.datasources[1]!.secureJsonData.token, 'no token in secureJsonData'],
  [
    'a token in the file',
    (f) => (f.datasources[1]!.secureJsonData.token = 'abc='),
    'its token stands in the file',
  ],
  [
    'a token anyone can read',
    (f) => (f.datasources[1]!.jsonData.token = '$INFLUX_TOKEN'),
    'can be read by anyone',
  ],
];

const BROKEN_PROVIDERS: readonly (readonly [name: string, (file: ProvidersDraft) => void, words: string])[] =
  [
    ['another version of the format', (f) => (f.apiVersion = 0), 'apiVersion is not 1'],
    ['no provider', (f) => (f.providers = []), 'no provider'],
    ['no name', (f) => (f.providers[0]!.name = ''), 'without a name'],
    ['another type', (f) => (f.providers[0]!.type = 'git'), 'whose type is not file'],
    ['a relative path', (f) => (f.providers[0]!.options.path = 'dashboards'), 'a path that is not absolute'],
    [
      'a folder, and folders from files',
      (f) => (f.providers[0]!.options.foldersFromFilesStructure = true),
      'Grafana refuses both together',
    ],
    ['a folderUid of 41 characters', (f) => (f.providers[0]!.folderUid = 'f'.repeat(41)), 'a folderUid that'],
  ];

describe('the provisioning files', () => {
  it('are as Grafana takes them', () => {
    expect(datasourceFileFaults(read('datasources/ballast.yml'))).to.deep.equal([]);
    expect(providerFileFaults(read('dashboards/ballast.yml'))).to.deep.equal([]);
  });

  for (const [name, breakIt, words] of BROKEN_SOURCES) {
    it(`are refused with ${name}`, () => {
      const file = sources();
      breakIt(file);
      expect(datasourceFileFaults(file as unknown as Json).join('\n')).to.include(words);
    });
  }

  for (const [name, breakIt, words] of BROKEN_PROVIDERS) {
    it(`are refused with ${name} of a provider`, () => {
      const file = providers();
      breakIt(file);
      expect(providerFileFaults(file as unknown as Json).join('\n')).to.include(words);
    });
  }
});
