/** The callbacks a create may ask for, as they stand in Ballast's own URLs. */
export const CALLBACK_SLOTS = [
  'end',
  'ended',
  'recording-ready/bbb',
  'recording-ready/bn',
  'recording-ready/canvas',
  'analytics',
] as const;

/** One of CALLBACK_SLOTS. */
export type CallbackSlot = (typeof CALLBACK_SLOTS)[number];

/** The URLs that a front end gave, as it wrote them. */
export type CallbackUrls = Readonly<Partial<Record<CallbackSlot, string | undefined>>>;

/** True where each callback is to go to the same URL. */
export function isSameUrls(a: CallbackUrls, b: CallbackUrls): boolean {
  return CALLBACK_SLOTS.every((slot) => a[slot] === b[slot]);
}

/** Slots of the two callbacks that tell of a meeting's end. */
export const END_SLOTS = ['end', 'ended'] as const;

/** One of END_SLOTS. */
export type EndSlot = (typeof END_SLOTS)[number];

/** Slots of the callbacks that tell of a recording, and the names of their metadata. */
export const READY_SLOTS = {
  'recording-ready/bbb': 'bbb-recording-ready-url',
  'recording-ready/bn': 'bn-recording-ready-url',
  'recording-ready/canvas': 'canvas-recording-ready-url',
} as const;

/** One slot of READY_SLOTS. */
export type ReadySlot = keyof typeof READY_SLOTS;

const META = 'meta_';

/** By the name of the metadata, which BBB lowers. */
const BY_METADATA: ReadonlyMap<string, CallbackSlot> = new Map<string, CallbackSlot>([
  ['endcallbackurl', 'end'],
  ['analytics-callback-url', 'analytics'],
  ...Object.entries(READY_SLOTS).map(([slot, name]) => [name, slot as CallbackSlot] as const),
]);

/** Which callback a parameter of create asks for: BBB reads names of parameters by case, those of metadata not. */
export function slotOf(parameter: string): CallbackSlot | undefined {
  if (parameter === 'meetingEndedURL') return 'ended';
  return parameter.startsWith(META) ? BY_METADATA.get(parameter.slice(META.length).toLowerCase()) : undefined;
}

/** True for what is one of CALLBACK_SLOTS. */
export function isCallbackSlot(text: string): text is CallbackSlot {
  return CALLBACK_SLOTS.some((slot) => slot === text);
}
