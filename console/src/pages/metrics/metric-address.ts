interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

interface AddressedMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly Dimension[];
}

/** What the address has to say for a metric to be drawn. */
export function addressOf(metric: {
  readonly Namespace?: string | undefined;
  readonly MetricName?: string | undefined;
  readonly Dimensions?:
    | readonly { readonly Name?: string | undefined; readonly Value?: string | undefined }[]
    | undefined;
}): Readonly<Record<'namespace' | 'metric' | 'dimensions', string>> {
  const { Namespace = '', MetricName = '', Dimensions = [] } = metric;
  const pairs = Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value]));
  return { namespace: Namespace, metric: MetricName, dimensions: Dimensions.length === 0 ? '' : JSON.stringify(pairs) };
}

/** The metric that an address says; undefined where it says none. Dimensions that cannot be read are none. */
export function metricIn(get: (name: string) => string): AddressedMetric | undefined {
  const [Namespace, MetricName] = [get('namespace'), get('metric')];
  if (Namespace === '' || MetricName === '') return undefined;
  const Dimensions = Object.entries(readPairs(get('dimensions'))).map(([Name, Value]) => ({
    Name,
    Value: String(Value),
  }));
  return { Namespace, MetricName, Dimensions };
}

function readPairs(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
