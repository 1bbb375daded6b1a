// The types of what the server answers: those of the Go packages timeline and
// verdict, and of the page's own. Times and durations are in nanoseconds. A Go
// slice that holds nothing may come as null.

type Source = 'live' | 'jaeger';
type List<T> = T[] | null | undefined;

interface Attribute { key: string; type: string; value: string }
interface SpanEvent { name: string; at: number; attributes?: List<Attribute> }
interface SpanLink { trace: string; span: string; attributes?: List<Attribute> }
interface Lack { what: string; name: string }

interface Row {
  id: string; parent?: string; depth: number; mark?: 'ghost' | 'stub'; says?: string;
  name: string; service: string; kind?: string; start: number; duration: number; skew?: number;
  error?: boolean; status?: string; reason?: string;
  attributes?: List<Attribute>; resource?: List<Attribute>; scope?: string; traceState?: string;
  events?: List<SpanEvent>; links?: List<SpanLink>; lacks?: List<Lack>; critical?: List<[number, number]>;
}

interface Trace {
  id: string; start: string; duration: number; spans: number; errors: number;
  services: List<string>; rows: List<Row>;
}

interface Check { name: string; section: number; must: string; outcome: 'pass' | 'fail' | 'pending' }
interface Failure {
  check: string; must: string; says: string; cause?: string; why: string; next: string;
  section: number; gap?: string; span?: string;
}
interface VerdictRecord {
  step: string; begun: string; ended: string; passed: boolean; checks: List<Check>; failure?: Failure | null;
  commands: List<string>; requests?: List<string>; stderr?: List<string>; traces: List<Trace>; more?: number; problems?: Problems | null;
}

interface Problems { says: string; lines: List<{ place: string; message: string; hint: string }> }
interface LiveState {
  listening: string; endpoint: string; command: string; problem: string;
  traces: number; spans: number; bytes: number; budget: number; forgotten: number; arrived: number; remark: string;
}
interface Step { name: string; title: string; done: boolean; checks: number; passed: number; section: number; stale?: boolean }
interface State {
  steps: List<Step>; at: string; live: LiveState;
  jaeger: { address: string; reachable: boolean; problem: string };
  checking: List<string>; problems: Record<string, Problems> | null;
}

interface Summary {
  id: string; start: string; duration: number; spans: number; errors: number;
  service: string; operation: string; services: List<string>; complete: boolean;
}
interface Summaries { traces: List<Summary>; more: number; of: number }
interface Services { services: List<{ name: string; operations: List<string> }> }
interface Call { caller: string; service: string; operation: string; calls: number; errors: number; began: number; traces: number }

interface Section { number: number; title: string; html: string; gap: string }
interface Lesson { step: string; title: string; intro: string; sections: List<Section>; next: string }

/** What is drawn in the page's main part. */
interface View {
  element: HTMLElement;
  /** Goes where the address says, without being drawn anew; false if that cannot be. */
  go?(route: Route): boolean;
  /** Hears of something that the server has told. */
  heard?(event: string, data: any): void | Promise<void>;
  keys?: [string, string][];
  /** A key that nothing else has taken. */
  key?(event: KeyboardEvent): void;
  /** It is in the page now. */
  shown?(): void;
  close?(): void;
}
interface Route { view: string; parts: string[]; query: URLSearchParams }
interface App {
  state: State;
  announce(text: string): void;
  /** Puts the query into the address, without a new entry in the history. */
  address(query: Record<string, string | null>): void;
}

interface TimelineOptions {
  source?: Source;
  /** What it is called, where there are several. */
  label?: string;
  /** The end of the axis, if it is not that of the trace. */
  until?: number;
  /** Hears what the address should say. */
  changed?(query: Record<string, string | null>): void;
}
interface Shown {
  step: string; record: VerdictRecord | null; app: App; lesson: Lesson;
  /** Whether it has just passed. */
  joy: boolean;
  /** Whether that section is open. */
  reading(section: number): boolean;
}
interface FoundSpan { trace: string; id: string; caller: string; service: string; operation: string; start: string; duration: number; error: boolean; events: List<string>; attributes: List<Attribute> }
interface Graph { nodes: { name: string; column: number }[]; edges: Edge[] }
interface Edge { from: string; to: string; calls: number; errors: number }
