import type { Dashboard } from '@grafana/schema';

/** One column of an answer; as JSON, so that it can be handed to the page. Unknown values are null. */
export interface WireField {
  readonly name: string;
  readonly type: 'time' | 'number' | 'string';
  readonly labels?: Readonly<Record<string, string>>;
  readonly values: readonly (number | string | null)[];
  readonly config?: Readonly<Record<string, unknown>>;
}

/** One table of an answer, as Grafana's data sources make them. */
export interface WireFrame {
  readonly refId: string;
  readonly fields: readonly WireField[];
}

/** What the queries of one panel answered. */
export interface PanelAnswer {
  readonly frames: readonly WireFrame[];
  /** The data source's words, of the first query that failed. */
  readonly error?: string;
}

/** A mark on the time axis; a region when it has an end. */
export interface WireAnnotation {
  readonly color: string;
  readonly timeMs: number;
  readonly endMs: number;
}

/** All that the page needs to draw one dashboard. */
export interface Scene {
  readonly dashboard: Dashboard;
  /** By panel id. */
  readonly answers: Readonly<Record<number, PanelAnswer>>;
  readonly annotations: readonly WireAnnotation[];
  readonly fromMs: number;
  readonly toMs: number;
  /** What the dashboard’s variables stand at. */
  readonly variables: readonly SceneVariable[];
}

/** A variable of a dashboard: the value to put in, and the text that is shown for it. */
export interface SceneVariable {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly text: string;
}

declare global {
  interface Window {
    /** The page's own: draws the scene, and resolves when React has been told. Throws on what cannot be drawn. */
    drawScene: (scene: Scene, width: number) => Promise<void>;
    /** What went wrong after that. */
    drawingFault: string | undefined;
  }
}
