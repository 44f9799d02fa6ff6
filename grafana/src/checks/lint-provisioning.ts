import { type Json, type JsonObject, listOf, objectOf, textOf } from './json.js';
import { repeated } from './lint-panel.js';

const UID = /^[a-zA-Z0-9_-]{1,40}$/;
/** Grafana puts variables of its environment in these places; no default can be given. */
const FROM_ENVIRONMENT = /^\$\{?[A-Z][A-Z0-9_]*\}?$/;

/** What Grafana would refuse, or read otherwise than meant, in a file of data sources. */
export function datasourceFileFaults(file: Json): string[] {
  const sources = listOf(objectOf(file).datasources).map(objectOf);
  const defaults = sources.filter(({ isDefault }) => isDefault === true);
  return [
    ...(objectOf(file).apiVersion === 1 ? [] : ['apiVersion is not 1']),
    ...(sources.length === 0 ? ['no data source'] : []),
    ...(defaults.length === 1 ? [] : [`${defaults.length} data sources are the default one`]),
    ...repeated(sources.map(({ uid }) => textOf(uid))).map((uid) => `two data sources with the uid ${uid}`),
    ...repeated(sources.map(({ name }) => textOf(name))).map(
      (name) => `two data sources with the name ${name}`,
    ),
    ...sources.flatMap((source) => sourceFaults(source).map((fault) => `${textOf(source.name)}: ${fault}`)),
  ];
}

/** The same for a file of dashboard providers. */
export function providerFileFaults(file: Json): string[] {
  const providers = listOf(objectOf(file).providers).map(objectOf);
  return [
    ...(objectOf(file).apiVersion === 1 ? [] : ['apiVersion is not 1']),
    ...(providers.length === 0 ? ['no provider'] : []),
    ...providers.flatMap(({ name, type, folder, folderUid, options }) => {
      const { path, foldersFromFilesStructure } = objectOf(options);
      return [
        ...(textOf(name) === '' ? ['a provider without a name'] : []),
        ...(type === 'file' ? [] : ['a provider whose type is not file']),
        ...(textOf(path).startsWith('/') ? [] : ['a path that is not absolute']),
        ...(foldersFromFilesStructure === true && (textOf(folder) !== '' || textOf(folderUid) !== '')
          ? ['a folder, and folders from files: Grafana refuses both together']
          : []),
        ...(folderUid === undefined || UID.test(textOf(folderUid))
          ? []
          : ['a folderUid that Grafana refuses']),
      ];
    }),
  ];
}

function sourceFaults(source: JsonObject): string[] {
  const { name, type, uid, access, url, jsonData, secureJsonData } = source;
  const { version, organization, defaultBucket, timeInterval } = objectOf(jsonData);
  const secrets = objectOf(secureJsonData);
  const isFlux = type === 'influxdb';
  return [
    ...(textOf(name) === '' ? ['no name'] : []),
    ...(UID.test(textOf(uid)) ? [] : [`uid ${JSON.stringify(uid)} is not one that Grafana takes`]),
    ...(type === 'prometheus' || type === 'influxdb' ? [] : [`type ${textOf(type)} is not one of ours`]),
    ...(access === 'proxy' ? [] : ['browsers would have to reach it']),
    ...(FROM_ENVIRONMENT.test(textOf(url)) ? [] : ['its url is not from the environment']),
    ...(/^\d+s$/.test(textOf(timeInterval))
      ? []
      : ['no timeInterval: steps could be shorter than samples are apart']),
    ...(isFlux && version !== 'Flux' ? ['jsonData.version is not Flux'] : []),
    ...(isFlux && textOf(organization) === '' ? ['no organization'] : []),
    ...(isFlux && textOf(defaultBucket) === '' ? ['no defaultBucket'] : []),
    ...(isFlux && textOf(secrets.token) === '' ? ['no token in secureJsonData'] : []),
    ...Object.entries(secrets)
      .filter(([, value]) => !FROM_ENVIRONMENT.test(textOf(value)))
      .map(([key]) => `its ${key} stands in the file`),
    ...(/token|password/i.test(JSON.stringify(jsonData ?? {}))
      ? ['a secret in jsonData can be read by anyone']
      : []),
  ];
}
