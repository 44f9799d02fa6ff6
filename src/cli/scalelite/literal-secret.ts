/** A secret as it stands in a cluster file, where `${…}` would name a variable. */
export function literalSecret(secret: string): string {
  return secret.replaceAll('${', '$$${');
}
